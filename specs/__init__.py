"""The catalogue: one TOML file a loss, in a folder a family. Installed as `symloss.specs`."""
