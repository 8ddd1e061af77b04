"""How a dossier is shown: renderers for people and machines, each a pure function of the document."""
