"""Every kind of event the ledger knows: its name (of ETSI EN 319 522-1, or our own), URI and meaning in plain words.

A kind, once used, is never renamed or given another meaning: it stands in leaves that nobody can change.
"""

from collections.abc import Mapping
from enum import StrEnum

from siegelpost.ledger.event_words import OF_ETSI, EventWords, told

ETSI = "http://uri.etsi.org/19522/Event/"
OWN = "urn:siegelpost:event:"


class EventKind(StrEnum):
    """The kinds of events; the value is the name at the end of the URI."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    SUBMISSION_REJECTION = "SubmissionRejection"
    RELAY_TO_NON_ERDS = "RelayToNonERDS"
    RELAY_TO_NON_ERDS_FAILURE = "RelayToNonERDSFailure"
    NOTIFICATION_FOR_ACCEPTANCE = "NotificationForAcceptance"
    NOTIFICATION_FOR_ACCEPTANCE_FAILURE = "NotificationForAcceptanceFailure"
    NOTIFICATION_ACCESS_TRACKING = "NotificationAccessTracking"
    CONSIGNMENT_ACCEPTANCE = "ConsignmentAcceptance"
    CONSIGNMENT_REJECTION = "ConsignmentRejection"
    ACCEPTANCE_REJECTION_EXPIRY = "AcceptanceRejectionExpiry"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = "ContentConsignmentFailure"
    CONTENT_HANDOVER = "ContentHandover"
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"
    CONTENT_ACCESS_TRACKING = "ContentAccessTracking"

    DECLARATION_MADE = "DeclarationMade"
    GATE_OPENED = "GateOpened"
    WITHDRAWAL_DECLARED = "WithdrawalDeclared"
    WITHDRAWAL_ACKNOWLEDGED = "WithdrawalAcknowledged"
    INTEREST_STATED = "InterestStated"
    CONSENT_ASKED = "ConsentAsked"
    CONSENT_GIVEN = "ConsentGiven"
    CONSENT_WITHDRAWN = "ConsentWithdrawn"
    DISPATCH_REVOKED = "DispatchRevoked"
    DISPATCH_HELD = "DispatchHeld"
    DISPATCH_RELEASED = "DispatchReleased"
    DELIVERY_ATTEMPT = "DeliveryAttempt"
    DELIVERY_ATTEMPT_INTERRUPTED = "DeliveryAttemptInterrupted"
    DELIVERY_DELAYED = "DeliveryDelayed"
    AUTOMATIC_REPLY_RECEIVED = "AutomaticReplyReceived"
    REPLY_RECEIVED = "ReplyReceived"
    DOCUMENT_REPLACED = "DocumentReplaced"
    LEGAL_TEXT_PUBLISHED = "LegalTextPublished"
    TEST_OPERATION_CHANGED = "TestOperationChanged"
    CERTIFICATE_ORDERED = "CertificateOrdered"
    CERTIFICATE_ORDER_ENDED = "CertificateOrderEnded"
    CERTIFICATE_ACTIVATED = "CertificateActivated"
    CERTIFICATE_ACCOUNT_RENEWED = "CertificateAccountRenewed"
    CERTIFICATE_HANDED_OVER = "CertificateHandedOver"
    WATCHED_HOST_ADDED = "WatchedHostAdded"
    WATCHED_HOST_REMOVED = "WatchedHostRemoved"
    DYNAMIC_DNS_CHANGED = "DynamicDnsChanged"
    ESTATE_IMPORTED = "EstateImported"
    CONTACT_ERASED = "ContactErased"
    DISPATCH_ERASED = "DispatchErased"
    CONTACTS_MERGED = "ContactsMerged"
    CONTACTS_SEPARATED = "ContactsSeparated"
    AGENT_SIGNED_IN = "AgentSignedIn"
    ACCESS_GRANTED = "AccessGranted"
    CHECKLIST_SIGNED = "ChecklistSigned"
    BACKUP_RESTORED = "BackupRestored"
    DISPATCH_SENT_AGAIN = "DispatchSentAgain"
    CODE_ISSUED = "CodeIssued"
    CODE_REFUSED = "CodeRefused"
    WITHDRAWAL_ASSIGNED = "WithdrawalAssigned"
    WITHDRAWAL_SET_ASIDE = "WithdrawalSetAside"
    WITHDRAWAL_TAKEN_UP = "WithdrawalTakenUp"
    PRIOR_KNOWLEDGE_STATED = "PriorKnowledgeStated"
    CONTRACT_CONCLUDED = "ContractConcluded"
    CONTRACT_ENDED = "ContractEnded"
    WITHDRAWAL_DECIDED = "WithdrawalDecided"
    WITHDRAWAL_RELEASED = "WithdrawalReleased"
    CONTRACT_RESUMED = "ContractResumed"
    SIGN_IN_LINK_MADE = "SignInLinkMade"
    SECOND_FACTOR_REMOVED = "SecondFactorRemoved"
    BOUNCE_ALLEGED = "BounceAlleged"
    MAIN_CONTRACT_NOTED = "MainContractNoted"
    SELLER_PAYMENT_NOTED = "SellerPaymentNoted"
    INTAKE_CHANGED = "IntakeChanged"
    DOCUMENT_RELEASED = "DocumentReleased"
    DOCUMENT_TAKEN_BACK = "DocumentTakenBack"

    @property
    def uri(self) -> str:
        """The URI that stands in leaves and is the same for ever."""
        return _URIS[self]


K = EventKind
WORDS: Mapping[EventKind, EventWords] = {
    **{EventKind(name): words for name, words in OF_ETSI.items()},
    K.DECLARATION_MADE: told(
        "Erklärung abgegeben",
        "Declaration made",
        "Die genannte Erklärung wurde auf der Seite oder mit einer Antwort auf die E-Mail abgegeben.",
        "The named declaration was made on the page or by an answer to the e-mail.",
    ),
    K.GATE_OPENED: told(
        "Inhalt freigeschaltet",
        "Content unlocked",
        "Alle nötigen Erklärungen lagen vor; damit ließ sich der Inhalt öffnen.",
        "All declarations needed were there; with them the content could be opened.",
    ),
    K.WITHDRAWAL_DECLARED: told(
        "Widerruf erklärt",
        "Withdrawal declared",
        "Ein Widerruf ging ein: über die Widerrufsfunktion oder auf dem genannten anderen Weg.",
        "A withdrawal came in: through the withdrawal function, or in the other way that is named.",
    ),
    K.WITHDRAWAL_ACKNOWLEDGED: told(
        "Widerruf bestätigt",
        "Withdrawal acknowledged",
        "Die E-Mail, die den Eingang mit Inhalt, Datum und Uhrzeit bestätigt, ist beim Mailserver.",
        "The e-mail that acknowledges receipt with content, date and time has reached the mail server.",
    ),
    K.WITHDRAWAL_ASSIGNED: told(
        "Widerruf zugeordnet",
        "Withdrawal assigned",
        "Ein Widerruf, der ohne Link erklärt wurde, gehört nach Angabe des Büros zu dieser Sendung.",
        "A withdrawal that was declared without a link belongs to this dispatch, as the office says.",
    ),
    K.WITHDRAWAL_SET_ASIDE: told(
        "Widerruf abgelegt",
        "Withdrawal set aside",
        "Ein Widerruf, der ohne Link erklärt wurde, meint nach Angabe des Büros keinen seiner Verträge.",
        "A withdrawal that was declared without a link means no contract of the office, as the office says.",
    ),
    K.WITHDRAWAL_TAKEN_UP: told(
        "Widerruf wieder vorgelegt",
        "Withdrawal taken up again",
        "Das Büro hat einen abgelegten Widerruf wieder vorgelegt.",
        "The office took a withdrawal up again that it had set aside.",
    ),
    K.PRIOR_KNOWLEDGE_STATED: told(
        "Kennt die Immobilie schon",
        "Knows the property already",
        "Wer den Link hat, hat gesagt, die Immobilie schon zu kennen; es kam kein Vertrag zustande.",
        "Whoever holds the link said they know the property already; no contract came about.",
    ),
    K.CONTRACT_CONCLUDED: told(
        "Gemeinsamer Auftrag vollständig",
        "Joint order complete",
        "Auch die letzte Person hat beauftragt; erst damit kam der gemeinsame Vertrag zustande.",
        "The last person has ordered, too; only then did the joint contract come about.",
    ),
    K.CONTRACT_ENDED: told(
        "Auftrag beendet",
        "Order ended",
        "Der Auftrag, auf dem diese Sendung beruht, ist in einer anderen Sendung widerrufen worden oder ausgeblieben.",
        "The order this dispatch rests on was withdrawn from in another dispatch, or did not come.",
    ),
    K.WITHDRAWAL_DECIDED: told(
        "Über den Widerruf entschieden",
        "Withdrawal decided upon",
        "Das Büro behandelt einen Widerruf als wirksam, oder es sagt, dass er diesen Vertrag nicht beendet.",
        "The office treats a withdrawal as effective, or says that it does not end this contract.",
    ),
    K.WITHDRAWAL_RELEASED: told(
        "Zuordnung zurückgenommen",
        "Assignment taken back",
        "Nach Angabe des Büros gehört ein Widerruf, der dieser Sendung zugeordnet war, doch nicht zu ihr.",
        "A withdrawal that had been assigned to this dispatch does not belong to it after all, as the office says.",
    ),
    K.BOUNCE_ALLEGED: told(
        "Angeblich nicht zustellbar",
        "Said to be undeliverable",
        "Ein Rückläufer kam herein, von dem nichts belegt, dass ein Server auf dem Weg der E-Mail ihn schrieb.",
        "A bounce came in of which nothing shows that a server on the e-mail's way wrote it.",
    ),
    K.SIGN_IN_LINK_MADE: told(
        "Anmeldelink erzeugt",
        "Sign-in link made",
        "Für ein Benutzerkonto wurde ein Anmeldelink erzeugt, der ohne Passwort hineinlässt.",
        "A sign-in link was made for a user account, which lets in without a password.",
    ),
    K.SECOND_FACTOR_REMOVED: told(
        "Zweiter Faktor entfernt",
        "Second factor removed",
        "Die Administration hat einem Benutzerkonto Passkeys, Codes-App und Notfallcodes genommen.",
        "The administration took passkeys, codes app and recovery codes away from a user account.",
    ),
    K.CONTRACT_RESUMED: told(
        "Auftrag besteht weiter",
        "Order goes on",
        "Kein Widerruf beendet diesen Auftrag mehr; die Sendung steht wieder, wie sie vorher stand.",
        "No withdrawal ends this order any more; the dispatch stands again as it stood before.",
    ),
    K.MAIN_CONTRACT_NOTED: told(
        "Hauptvertrag vermerkt",
        "Main contract noted",
        "Das Büro hat vermerkt, wann der Vertrag über das Objekt geschlossen wurde, oder den Vermerk gelöscht.",
        "The office noted when the contract about the property was made, or removed that note.",
    ),
    K.SELLER_PAYMENT_NOTED: told(
        "Zahlung des Verkäufers vermerkt",
        "Seller's payment noted",
        "Das Büro hat vermerkt, wann der Verkäufer gezahlt hat; die genannte E-Mail an den Käufer soll es belegen.",
        "The office noted when the seller paid; the e-mail to the buyer that is named is to prove it.",
    ),
    K.DOCUMENT_RELEASED: told(
        "Dokument freigegeben",
        "Document released",
        "Das Büro hat dem Empfänger ein Dokument des Objekts freigegeben, das nur auf Anfrage zu haben ist.",
        "The office released a document of the property to the recipient that is to be had on request only.",
    ),
    K.DOCUMENT_TAKEN_BACK: told(
        "Freigabe des Dokuments zurückgenommen",
        "Release of the document taken back",
        "Das Büro hat ein freigegebenes Dokument wieder geschlossen; was heruntergeladen ist, bleibt es.",
        "The office closed a released document again; what was downloaded stays downloaded.",
    ),
    K.INTEREST_STATED: told(
        "Rückmeldung zum Exposé",
        "Response to the exposé",
        "Wer den Link hat, hat auf der Seite eine Rückmeldung gegeben, zum Beispiel um eine Besichtigung gebeten.",
        "Whoever holds the link responded on the page, for instance by asking for a viewing.",
    ),
    K.CONSENT_ASKED: told(
        "Einwilligung angekreuzt",
        "Consent ticked",
        "Weitere Angebote wurden angekreuzt; eine E-Mail zur Bestätigung ist vorgesehen. Noch gilt nichts.",
        "Further offers were ticked; an e-mail to confirm it is to follow. Nothing holds yet.",
    ),
    K.CONSENT_GIVEN: told(
        "Einwilligung bestätigt",
        "Consent confirmed",
        "Über den Link der Bestätigungsmail wurde in weitere Angebote eingewilligt.",
        "Through the link of the confirmation e-mail further offers were consented to.",
    ),
    K.CONSENT_WITHDRAWN: told(
        "Einwilligung widerrufen",
        "Consent withdrawn",
        "Die Einwilligung in weitere Angebote gilt nicht mehr.",
        "The consent to further offers holds no longer.",
    ),
    K.DISPATCH_REVOKED: told(
        "Sendung zurückgezogen",
        "Dispatch revoked",
        "Das Büro hat die Sendung zurückgezogen, der Link öffnet nichts mehr.",
        "The office has revoked the dispatch; the link opens nothing any more.",
    ),
    K.DISPATCH_HELD: told(
        "Sendung zurückgehalten",
        "Dispatch held",
        "Der Inhalt wird zurückgehalten, bis die genannte Bedingung erfüllt ist.",
        "The content is held back until the named condition is met.",
    ),
    K.DISPATCH_RELEASED: told(
        "Zurückhaltung beendet",
        "Dispatch released",
        "Der Grund für das Zurückhalten ist entfallen.",
        "The reason for holding the dispatch is gone.",
    ),
    K.DELIVERY_ATTEMPT: told(
        "Zustellversuch",
        "Delivery attempt",
        "Der Server hat begonnen, die E-Mail zu übergeben, oder der Mailserver nahm sie vorerst nicht an.",
        "The server began to hand the e-mail over, or the mail server did not take it for the time being.",
    ),
    K.DELIVERY_ATTEMPT_INTERRUPTED: told(
        "Zustellversuch unterbrochen",
        "Delivery attempt interrupted",
        "Die Antwort des Mailservers blieb aus; dieselbe E-Mail (gleiche Message-ID) geht erneut hinaus.",
        "The mail server's answer was cut off; the same e-mail goes out again under the same Message-ID.",
    ),
    K.DELIVERY_DELAYED: told(
        "Zustellung verzögert sich",
        "Delivery delayed",
        "Ein Mailserver meldet, dass er die E-Mail noch nicht zustellen konnte und es weiter versucht.",
        "A mail server reports that it could not deliver the e-mail yet and keeps trying.",
    ),
    K.AUTOMATIC_REPLY_RECEIVED: told(
        "Automatische Antwort",
        "Automatic reply",
        "Ein Programm, etwa eine Abwesenheitsnotiz, hat auf die E-Mail geantwortet; das ist keine Erklärung.",
        "A program, such as an out-of-office note, answered the e-mail; that is no declaration.",
    ),
    K.REPLY_RECEIVED: told(
        "Antwort per E-Mail",
        "Reply by e-mail",
        "Auf die E-Mail kam eine Antwort; ihr Hash steht hier, das Original liegt beim Büro.",
        "A reply to the e-mail came in; its hash stands here, the original is kept by the office.",
    ),
    K.DOCUMENT_REPLACED: told(
        "Dokument ersetzt",
        "Document replaced",
        "Ein Dokument der Sendung wurde durch eine andere Fassung ersetzt.",
        "A document of the dispatch was replaced by another version.",
    ),
    K.LEGAL_TEXT_PUBLISHED: told(
        "Rechtstext veröffentlicht",
        "Legal text published",
        "Das Büro verwendet ab hier diese Fassung eines Rechtstextes.",
        "From here on the office uses this version of a legal text.",
    ),
    K.TEST_OPERATION_CHANGED: told(
        "Testbetrieb umgeschaltet",
        "Test operation switched",
        "Die Administration hat den Testbetrieb ein- oder ausgeschaltet.",
        "An administrator switched test operation on or off.",
    ),
    K.CERTIFICATE_ORDERED: told(
        "Zertifikat angefordert",
        "Certificate requested",
        "Ein Zertifikat wurde angefordert: mit einer Anforderung (CSR) zum Kaufen oder automatisch.",
        "A certificate was requested: by a request (CSR) to order it with, or automatically.",
    ),
    K.CERTIFICATE_ORDER_ENDED: told(
        "Anforderung beendet",
        "Request ended",
        "Eine Anforderung für ein Zertifikat wurde verworfen oder die automatische Erneuerung abgestellt.",
        "A request for a certificate was discarded, or the automatic renewal was switched off.",
    ),
    K.CERTIFICATE_HANDED_OVER: told(
        "Übergabe des Zertifikats",
        "Hand-over of the certificate",
        "Ein befristeter Link für die Zertifikatssachen wurde erstellt, benutzt oder zurückgezogen.",
        "A link for the certificate's matters that ends by itself was given, used or revoked.",
    ),
    K.CERTIFICATE_ACTIVATED: told(
        "Zertifikat aktiviert",
        "Certificate activated",
        "Der Server verwendet ab hier dieses Zertifikat.",
        "From here on the server uses this certificate.",
    ),
    K.CERTIFICATE_ACCOUNT_RENEWED: told(
        "Neues Konto bei der Zertifizierungsstelle",
        "New account at the authority",
        "Das bisherige Konto galt nicht mehr oder ließ sich nicht öffnen; seither bestellt der Server mit einem neuen.",
        "The account before was no longer good, or could not be opened; since then the server orders with a new one.",
    ),
    K.WATCHED_HOST_ADDED: told(
        "Weiterer Server wird beobachtet",
        "Further server watched",
        "Jemand hat einen weiteren Server des Büros genannt, dessen Zertifikat täglich angesehen wird.",
        "Somebody named a further server of the office, whose certificate is looked at every day.",
    ),
    K.WATCHED_HOST_REMOVED: told(
        "Weiterer Server nicht mehr beobachtet",
        "Further server no longer watched",
        "Jemand hat einen weiteren Server aus der Beobachtung genommen; er wird nicht mehr angesehen.",
        "Somebody took a further server out; it is no longer looked at.",
    ),
    K.DYNAMIC_DNS_CHANGED: told(
        "Dynamisches DNS geändert",
        "Dynamic DNS changed",
        "Wer die Adresse des Servers im DNS nachführt, wurde eingerichtet, ein- oder ausgeschaltet.",
        "Keeping the server's address in the DNS up to date was set up, switched on or off.",
    ),
    K.ESTATE_IMPORTED: told(
        "Objekt importiert",
        "Property imported",
        "Ein Objekt wurde aus einer Datei angelegt oder aktualisiert.",
        "A property was created or updated from a file.",
    ),
    K.CONTACT_ERASED: told(
        "Kontaktdaten gelöscht",
        "Contact erased",
        "Die personenbezogenen Angaben eines Kontakts wurden gelöscht; die Nachweise anderer bleiben gültig.",
        "The personal data of a contact was erased; the proofs of others stay valid.",
    ),
    K.DISPATCH_ERASED: told(
        "Sendung gelöscht",
        "Dispatch erased",
        "Die Aufbewahrung war zu Ende: Inhalt, E-Mails, Erklärungen und Dateien der Sendung wurden gelöscht.",
        "Its proofs had to be kept no longer: content, e-mails, declarations and files of the dispatch were erased.",
    ),
    K.CONTACTS_MERGED: told(
        "Kontakte zusammengeführt",
        "Contacts merged",
        "Zwei Kontakte wurden als dieselbe Person erkannt und zu einem gemacht.",
        "Two contacts were found to be the same person and made one.",
    ),
    K.CONTACTS_SEPARATED: told(
        "Kontakte wieder getrennt",
        "Contacts separated again",
        "Das Zusammenführen zweier Kontakte wurde rückgängig gemacht.",
        "The merging of two contacts was undone.",
    ),
    K.AGENT_SIGNED_IN: told(
        "Anmeldung",
        "Sign-in",
        "Ein Benutzerkonto des Büros hat sich angemeldet.",
        "A user account of the office signed in.",
    ),
    K.ACCESS_GRANTED: told(
        "Zugriffsrecht vergeben",
        "Access right granted",
        "Einem Benutzerkonto wurde ein Zugriffsrecht gegeben.",
        "A user account was given an access right.",
    ),
    K.CHECKLIST_SIGNED: told(
        "Sicherheitsprüfliste festgehalten",
        "Security checklist recorded",
        "Der Server hat sich selbst geprüft und das Ergebnis festgehalten; ob es jemand gelesen hat, sagt das nicht.",
        "The server checked itself and recorded the result; that does not say whether anybody has read it.",
    ),
    K.BACKUP_RESTORED: told(
        "Sicherung zurückgeholt",
        "Backup restored",
        "Der Server macht mit einer Sicherung weiter; was nach ihr geschah, fehlt in diesem Protokoll.",
        "The server goes on from a backup; what happened after it is missing from this ledger.",
    ),
    K.DISPATCH_SENT_AGAIN: told(
        "Erneuter Versand beauftragt",
        "Sending again requested",
        "Das Büro hat die Mitteilung mit einem neuen Link noch einmal in den Versand gegeben.",
        "The office gave the notice out to be sent once more, with a new link.",
    ),
    K.CODE_ISSUED: told(
        "Code erzeugt",
        "Code made",
        "Für die Sendung wurde ein neuer Code erzeugt; ein früherer gilt nicht mehr.",
        "A new code was made for the dispatch; an earlier one is no longer valid.",
    ),
    K.CODE_REFUSED: told(
        "Falscher Code",
        "Wrong code",
        "Wer den Link hat, hat einen Code eingegeben, der nicht stimmt.",
        "Whoever holds the link entered a code that is not right.",
    ),
    K.INTAKE_CHANGED: told(
        "Zugang eines Programms geändert",
        "Program’s account changed",
        "Ein Zugang, über den eine Maklersoftware Objekte überträgt, wurde angelegt, geändert oder gesperrt.",
        "An account by which a program hands properties over was opened, changed or closed.",
    ),
}

_OF_ETSI = frozenset(list(EventKind)[: list(EventKind).index(K.DECLARATION_MADE)])
_URIS = {kind: (ETSI if kind in _OF_ETSI else OWN) + kind.value for kind in EventKind}
_KINDS = {uri: kind for kind, uri in _URIS.items()}


def by_uri(uri: str) -> EventKind | None:
    """The kind with this URI; none for a kind that a later version has introduced."""
    return _KINDS.get(uri)
