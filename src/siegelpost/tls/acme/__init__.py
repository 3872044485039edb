"""Certificates that come and renew themselves (ACME, RFC 8555).

A :class:`~siegelpost.tls.acme.plan.Plan` says what is to be kept trusted. It is saved in the store's folder, beside
everything else this package knows; any number of processes and nodes may read and change it at once::

    tls/acme/plan.json        what is wanted; secrets sealed like keys
    tls/acme/progress.json    how the present or last order stands, step by step
    tls/acme/state.json       failures, renewal windows, which authority issued what, warnings given
    tls/acme/standing.json    which records dns-persist-01 needs in the DNS, and how they stood
    tls/acme/pacing.json      what was asked of each authority lately
    tls/acme/draft-*.json     an order on its way, so that one that was cut off is finished and not placed again
    tls/acme/accounts/        account keys, encrypted
    tls/acme/lease.json       who works on it now
    tls/acme/wanted           somebody asked for a look at once
    tls/challenges/           answers to validations, given by every process of every node
"""
