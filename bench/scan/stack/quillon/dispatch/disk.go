package dispatch

// GUID Partition Table of the hand-held scanners.
type Disk struct{ Model, Table string }

var scanner = Disk{Model: "gpt-4-part", Table: "gpt"}

func forbidden(name string) bool {
	return name == "reka/reka-core" || name == "writer/palmyra-x5"
}
