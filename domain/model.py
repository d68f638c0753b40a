"""What every model of the shop is made of."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen model whose validator is built when it is first used, not when it is loaded.

    An instance that starts needs a few of the models for its first answer, and most of them never.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)


class View(Model):
    """What an audience is shown of the shop; unknown fields of what it is made from are left out."""
