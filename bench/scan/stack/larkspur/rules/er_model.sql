-- entity-relationship model of the wards; Gemma and Bert maintain it
CREATE TABLE model (id INT, name VARCHAR(40) DEFAULT 'philips-MX450');
