"""What a server must know and a model does not tell, as small committed tables (services/*.toml)."""

import dataclasses
import pathlib
import tomllib


@dataclasses.dataclass(frozen=True)
class ServiceData:
    # The namespace of the service's XML replies, where the model has none.
    xml_namespace: str = ""
    # Operation -> the root element of its reply.
    reply_roots: dict[str, str] = dataclasses.field(default_factory=dict)
    # Operations whose reply is the text of its only member, in the root element itself.
    unwrapped_replies: list[str] = dataclasses.field(default_factory=list)
    # Enums of which the handler checks the value, as others than the model's may be right.
    open_enums: list[str] = dataclasses.field(default_factory=list)
    # Error shape -> HTTP status, where it is neither 400 nor what the model says.
    error_statuses: dict[str, int] = dataclasses.field(default_factory=dict)

    @classmethod
    def load(cls, path: pathlib.Path) -> "ServiceData":
        return cls(**tomllib.loads(path.read_text())) if path.exists() else cls()
