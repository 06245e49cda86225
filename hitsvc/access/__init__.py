"""Who the operator is: tokens, one-time codes, sessions. Knows no web framework.

A token is a password that we make. It is so long that guessing needs no delay. Sessions are
signed with it, so a new token ends every session, and nothing about sessions is stored.
"""

from hitsvc.access.operator import Operator, OperatorStore
from hitsvc.access.ownership import give_back
from hitsvc.access.sessions import CODE_LIFE_S, SESSION_LIFE_S, Code, Sessions
from hitsvc.access.token_file import TOKEN_FILE, TokenFile, new_token
from hitsvc.access.tokens import Keyring, Right, Tokens

__all__ = [
    "CODE_LIFE_S",
    "SESSION_LIFE_S",
    "TOKEN_FILE",
    "Code",
    "Keyring",
    "Operator",
    "OperatorStore",
    "Right",
    "Sessions",
    "TokenFile",
    "Tokens",
    "give_back",
    "new_token",
]
