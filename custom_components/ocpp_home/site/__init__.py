"""The site: what is measured of the house, what its cars want, and how the controller's word is carried out."""
