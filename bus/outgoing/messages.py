"""What the outgoing mails and calls say to operators, in French, without any data of a person."""


def ceiling(sink: str, hourly: int) -> str:
    return _then_resume(sink, f"Plus de {hourly} envois décidés en une heure : vérifier qu'ils sont voulus.", restart=False)


def no_target(sink: str) -> str:
    return f"Le mode redirige n'a pas de cible : « passerelle sinks mode {sink} redirige --vers … --execute »."


def no_mail_server(sink: str) -> str:
    return _then_resume(sink, "Le serveur de courrier n'est pas réglé : donner PASSERELLE_SMTP__HOST et PASSERELLE_SMTP__SENDER.")


def no_desk(sink: str, desk: str) -> str:
    return _then_resume(sink, f"Aucune adresse n'est réglée pour « {desk} » : l'ajouter à PASSERELLE_SMTP__DESKS.")


def no_url(sink: str, name: str) -> str:
    return _then_resume(sink, f"Aucune adresse n'est réglée pour « {name} » : donner « {name}=https://… » dans {URLS}.")


def private_target(sink: str, name: str) -> str:
    wrong = f"L'adresse de « {name} » mène à un réseau privé qui n'est pas permis"
    return _then_resume(sink, f"{wrong} : la corriger, ou ajouter ce réseau à PASSERELLE_OUTGOING_HTTP__PRIVATE_NETWORKS.")


def clear_target(sink: str, name: str) -> str:
    return _then_resume(sink, f"L'adresse de « {name} » est en http, permis aux seuls réseaux privés réglés : donner une adresse https.")


URLS = "PASSERELLE_OUTGOING_HTTP__URLS"


def _then_resume(sink: str, remedy: str, *, restart: bool = True) -> str:
    return f"{remedy} {'Redémarrer, puis' if restart else 'Puis'} « passerelle sinks resume {sink} --execute »."
