"""The templates that typeset emitted code: no mathematics. Installed as `symloss.templates`."""
