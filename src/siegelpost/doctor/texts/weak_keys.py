"""What is said of a key whose private half others have or can find."""

from siegelpost.doctor.x509.weak_keys import Weakness
from siegelpost.toolbox.words import Words

_NEW = (
    " Browser nehmen ihn an; wer ihn hat, kann sich aber als dieser Server ausgeben. Holen Sie ein Zertifikat mit "
    "neuem Schlüssel und lassen Sie das alte zurückziehen.",
    " Browsers accept it; but whoever has it can pass for this server. Get a certificate with a new key, and have the "
    "old one revoked.",
)
_WHAT = {
    Weakness.KNOWN: (
        "Der private Schlüssel dieses Zertifikats ist öffentlich bekannt.",
        "The private key of this certificate is publicly known.",
    ),
    Weakness.ROCA: (
        "Der Schlüssel stammt von einem Chip mit fehlerhaftem Zufall (ROCA, CVE-2017-15361) und lässt sich berechnen.",
        "The key comes from a chip with faulty randomness (ROCA, CVE-2017-15361) and can be computed.",
    ),
    Weakness.CLOSE_FACTORS: (
        "Die Faktoren des Schlüssels liegen so nah beieinander, dass jeder ihn sofort berechnen kann.",
        "The key's factors are so close to each other that anybody can compute it at once.",
    ),
    Weakness.SMALL_FACTOR: (
        "Der Schlüssel hat einen kleinen Faktor, und jeder kann ihn sofort berechnen.",
        "The key has a small factor, and anybody can compute it at once.",
    ),
    Weakness.EXPONENT: (
        "Der öffentliche Exponent des Schlüssels verbirgt nichts.",
        "The key's public exponent hides nothing.",
    ),
}
WEAKNESSES = {weakness: Words(de + _NEW[0], en + _NEW[1]) for weakness, (de, en) in _WHAT.items()}
