"""Categories and their slugs."""

from domain.category import branch, category_slug


def test_the_slug_is_made_of_the_whole_path() -> None:
    assert category_slug(("Apparel", "Shirts", "T-shirts")) == "apparel-shirts-t-shirts"
    assert category_slug(()) == ""


def test_a_branch_goes_from_the_root_to_the_category() -> None:
    root, leaf = branch(("Kitchen", "Mugs"))

    assert (root.id, root.parent, root.level, root.name) == ("kitchen", "", 1, "Kitchen")
    assert (leaf.id, leaf.parent, leaf.level, leaf.name) == ("kitchen-mugs", "kitchen", 2, "Mugs")
    assert leaf.partition == "categories"
