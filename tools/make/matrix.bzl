"""What the matrix of guests and hosts is made with; the list itself is hosts/matrix.bzl."""

def cells(guests, hosts):
    """The cells of the matrix.

    Args:
        guests: a dict from a guest to a struct of what it `exports` that hosts call, and what it `imports`.
        hosts: a dict from a host to a struct of what it `calls`, what it `gives`, and whether it `needs_root`.

    Returns:
        A list of structs, guest by guest: `guest`, `host`, `needs_root`, and either the label of a `test` or the `reason` why there is
        none.
    """
    return [
        struct(
            guest = guest,
            host = host,
            needs_root = getattr(hosts[host], "needs_root", False),
            reason = _reason(guests[guest], hosts[host]),
            test = "" if _reason(guests[guest], hosts[host]) else "//hosts/{}:{}_test".format(host, guest),
        )
        for guest in guests
        for host in hosts
    ]

def _reason(guest, host):
    if host.calls not in guest.exports:
        return "the guest exports no " + host.calls
    missing = [name for name in guest.imports if name not in host.gives]
    return "the guest imports {}, which the host does not give".format(missing[0]) if missing else ""

def markdown(guests, hosts):
    """The matrix as a table in Markdown.

    Args:
        guests: see `cells`.
        hosts: see `cells`.

    Returns:
        The table's lines, and those of the reasons behind it.
    """
    all = cells(guests, hosts)
    reasons = {cell.reason: None for cell in all if cell.reason}.keys()
    notes = {reasons[i]: i + 1 for i in range(len(reasons))}
    lines = [
        "| guest | " + " | ".join(["`{}`".format(host) for host in hosts]) + " |",
        "| --- |" + " :-: |" * len(hosts),
    ]
    for guest in guests:
        row = [
            "– <sup>{}</sup>".format(notes[cell.reason]) if cell.reason else "✓"
            for cell in all
            if cell.guest == guest
        ]
        lines.append("| `{}` | {} |".format(guest, " | ".join(row)))
    return lines + [""] + ["{}. {}".format(notes[reason], reason) for reason in reasons]
