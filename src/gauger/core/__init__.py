"""The vocabulary that every part of Gauger shares: records, readings, limits, errors, the dossier."""
