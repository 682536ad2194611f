"""The JSON of requests and responses."""

from user_svc.schemas.passwords import (
    AddressConfirmSchema,
    MailedSchema,
    PasswordChangeSchema,
    ResetConfirmSchema,
    ResetSchema,
)
from user_svc.schemas.tokens import (
    KeysSchema,
    LoginSchema,
    PairSchema,
    RefreshSchema,
    TokenSchema,
)
from user_svc.schemas.users import (
    ProfilePatchSchema,
    RegisterSchema,
    UserPatchSchema,
    UserPutSchema,
    UserQuerySchema,
    UserSchema,
)

__all__ = [
    "AddressConfirmSchema",
    "KeysSchema",
    "LoginSchema",
    "MailedSchema",
    "PairSchema",
    "PasswordChangeSchema",
    "ProfilePatchSchema",
    "RefreshSchema",
    "RegisterSchema",
    "ResetConfirmSchema",
    "ResetSchema",
    "TokenSchema",
    "UserPatchSchema",
    "UserPutSchema",
    "UserQuerySchema",
    "UserSchema",
]
