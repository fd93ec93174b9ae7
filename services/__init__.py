"""The services of Musafaha and the command that runs them. Services never import each other: topics and `schemas` are all they share."""
