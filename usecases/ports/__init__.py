"""What the use cases need from outside; every port has an embedded end and a cloud end."""
