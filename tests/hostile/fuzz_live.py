"""Coverage-guided fuzzing of what a hostile server sends: ``python -m tests.hostile.fuzz_live -max_total_time=60``.

The bytes are taken for a ServerHello, for a Certificate message, for handshake messages and for an OCSP answer; each
reader answers or says that it cannot, and soon.
"""

import sys

import atheris

with atheris.instrument_imports(include=["siegelpost.tls"]):
    from siegelpost.doctor.live import hello, staple
    from siegelpost.doctor.live.handshake import certificates_of, spoken

from tests.support.pki import Authority

CHAIN = Authority.root().intermediate().issue("a.test").chain


def one(data: bytes) -> None:
    hello.read_reply(data)
    spoken(data)
    for has_context in (True, False):
        for certificate in certificates_of(data, has_context=has_context):
            staple.is_good(certificate, CHAIN)
    for _kind, content in staple.messages(data):
        staple.status(content)
    staple.is_good(data, CHAIN)
    staple.is_good(data, (data, data))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
