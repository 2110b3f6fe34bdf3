"""The templates that typeset emitted code; they hold no mathematics. Installed as `symloss.templates`."""
