"""The two texts in a proof that explain it to a person, in German and English."""

DE = """\
{test}NACHWEIS ÜBER EINE SENDUNG
==========================

Dieser Ordner belegt, was mit einer Sendung geschehen ist. Prüfen kann ihn jeder, ohne
das Maklerbüro zu fragen und ohne Internet. Unabhängig vom Büro wird die Prüfung durch eine
E-Mail von damals, in der ein Siegel steht, oder durch einen Zeitstempel.


Was liegt hier?

  {receipt} der Beleg zum Lesen und Ausdrucken; wie diese Datei nicht Teil des Nachweises
  documents/              was verschickt und gezeigt wurde
  events/                 die Ereignisse, je drei Dateien:
                            .leaf.json      das Ereignis, genau so, wie es aufgezeichnet wurde
                            .proof.txt      der Beweis, dass es im gesiegelten Protokoll steht
                            .openings.json  die Angaben zu Personen, die darin nur als Hashwert stehen
  ledger/checkpoint.txt   das Siegel über das ganze Protokoll
  ledger/key.txt          der öffentliche Schlüssel des Büros
  checkpoints/            frühere Siegel, zum Beispiel aus den E-Mails an den Empfänger
  timestamps/             Zeitstempel einer fremden Stelle, falls das Büro eine beauftragt hat
  manifest.txt            das unterschriebene Verzeichnis aller Dateien


So prüfen Sie

  siegelpost verify proof.zip
  siegelpost verify proof.zip --checkpoint E-MAIL.eml     (mit einer E-Mail von damals)
  siegelpost verify proof.zip --key SCHLÜSSEL             (mit dem Schlüssel, den das Büro nennt)

Das Programm ist frei verfügbar. Es fragt niemanden und braucht keine Verbindung.


Von Hand, mit Bordmitteln (Linux, macOS)

1. Stimmen die Dateien mit dem Verzeichnis überein?

  sed -n 's/^\\([0-9a-f]\\{{64\\}}\\) [0-9]* /\\1  /p' manifest.txt | sha256sum -c

2. Ist das Verzeichnis vom Büro unterschrieben?

  n=$(grep -n '^$' manifest.txt | tail -1 | cut -d: -f1)
  head -n $((n-1)) manifest.txt > /tmp/text
  tail -n 1 manifest.txt | cut -d' ' -f3 | base64 -d | tail -c 64 > /tmp/signatur
  (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
   sed 's/^[^+]*+[0-9a-f]*+//' ledger/key.txt | base64 -d | tail -c 32) > /tmp/key.der
  openssl pkeyutl -verify -pubin -keyform DER -inkey /tmp/key.der -rawin \\
          -in /tmp/text -sigfile /tmp/signatur

3. Welche Angabe steckt hinter einem Hashwert eines Ereignisses? In der .openings.json stehen
   zu jedem Namen ein Zufallswert und die Angabe:

  printf '%s\\n%s\\n%s' ZUFALLSWERT NAME ANGABE | sha256sum

Wie ein Ereignis mit dem Siegel zusammenhängt (RFC 9162), steht in docs/proof.md des Programms.


Was der Nachweis belegt

  - Allein: Das Büro legt diese Ereignisse vor, und jedes Dokument ist das, welches ein Ereignis
    nennt. Auf dem Weg hierher wurde nichts geändert. Geschrieben haben kann es das alles auch später.
  - Mit einem Siegel aus einer E-Mail von damals: Was das Siegel umfasst, wurde seither nicht
    umgeschrieben. Ein Zeitstempel belegt dasselbe, wenn Sie der Stelle trauen, die ihn gemacht hat.
  - Widersprechen sich zwei echte Siegel, so ist bewiesen, dass umgeschrieben wurde.
  „siegelpost verify“ sagt, bis zu welchem Ereignis das gilt und was allein auf dem Wort des Büros beruht.

Was er nicht belegt

  - Wer vor dem Bildschirm saß. Aufgezeichnet ist, was über den Link geschah.
  - Dass ein Aufruf von einem Menschen kam: Virenscanner öffnen Links auch.
  - Dass das Büro nichts weggelassen hat: Er zeigt, was geschah, nicht, dass sonst nichts geschah.
  - Die Uhrzeiten sind die des Servers. Unabhängig bezeugt sind nur die Zeitstempel.
  - Er ist keine Rechtsberatung und kein qualifizierter Zustelldienst.
"""

EN = """\
{test}PROOF OF A DISPATCH
===================

This folder proves what happened to a dispatch. Anybody can check it, without asking the
estate agent's office and without the internet. What makes the check independent of the
office is an e-mail of the time with a seal in it, or a time stamp.


What is here?

  {receipt} the receipt, for reading and printing; like this file no part of the proof
  documents/              what was sent and shown
  events/                 the events, three files each:
                            .leaf.json      the event, exactly as it was recorded
                            .proof.txt      the proof that it stands in the sealed ledger
                            .openings.json  the personal values it only holds commitments to
  ledger/checkpoint.txt   the seal over the whole ledger
  ledger/key.txt          the office's public key
  checkpoints/            earlier seals, such as those mailed to the recipient
  timestamps/             time stamps of an outside authority, if the office uses one
  manifest.txt            the signed list of all files


How to check

  siegelpost verify proof.zip
  siegelpost verify proof.zip --checkpoint MAIL.eml     (with an e-mail of the time)
  siegelpost verify proof.zip --key KEY                 (with the key the office tells you)

The program is free to have. It asks nobody and needs no connection.


By hand, with the tools of the system (Linux, macOS)

1. Do the files agree with the list?

  sed -n 's/^\\([0-9a-f]\\{{64\\}}\\) [0-9]* /\\1  /p' manifest.txt | sha256sum -c

2. Has the office signed the list?

  n=$(grep -n '^$' manifest.txt | tail -1 | cut -d: -f1)
  head -n $((n-1)) manifest.txt > /tmp/text
  tail -n 1 manifest.txt | cut -d' ' -f3 | base64 -d | tail -c 64 > /tmp/signature
  (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
   sed 's/^[^+]*+[0-9a-f]*+//' ledger/key.txt | base64 -d | tail -c 32) > /tmp/key.der
  openssl pkeyutl -verify -pubin -keyform DER -inkey /tmp/key.der -rawin \\
          -in /tmp/text -sigfile /tmp/signature

3. Which value stands behind a hash in an event? The .openings.json has, for each name,
   a random salt and the value:

  printf '%s\\n%s\\n%s' SALT NAME VALUE | sha256sum

How an event is tied to the seal (RFC 9162) is told in the program's docs/proof.md.


What it proves

  - By itself: the office presents these events, and each document is the one that an event
    names. Nothing was changed on the way here. But all of it may have been written later.
  - With a seal from an e-mail of the time: what the seal covers was not rewritten since. A time
    stamp proves the same if you trust the authority that made it.
  - If two genuine seals contradict each other, it is proven that history was rewritten.
  “siegelpost verify” says up to which event this holds, and what rests on the office's word alone.

What it does not prove

  - Who sat in front of the screen. Recorded is what happened through the link.
  - That a visit came from a person: mail scanners open links, too.
  - That the office has left nothing out: it shows what happened, not that nothing else did.
  - The times are the server's. Only the time stamps are attested by somebody else.
  - It is no legal advice and no qualified delivery service.
"""

_TEST_DE = "TEST – dieser Nachweis stammt aus dem Testbetrieb und belegt keinen echten Vorgang.\n\n"
_TEST_EN = "TEST – this proof was made in test operation and proves no real event.\n\n"


def readme(receipt: str, *, test: bool) -> dict[str, bytes]:
    """The explaining texts by file name; in test operation they say so first.

    Args:
        receipt: what the receipt beside them is called.
    """
    return {
        "LIESMICH.txt": DE.format(test=_TEST_DE if test else "", receipt=f"{receipt:<23}").encode(),
        "README.txt": EN.format(test=_TEST_EN if test else "", receipt=f"{receipt:<23}").encode(),
    }
