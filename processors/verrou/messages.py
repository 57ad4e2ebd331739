"""Every French text of the national lock: its calls to the support and its own refusals."""

from schemas.outcome import Refusal

VERROUILLAGE = "Verrouillage du processus par {detenteur}"
COMPTEUR = "Problème lors de la mise à jour du compteur"
INTERRUPTION = "Envoi interrompu par {auteur}"

CAUSE_FIGE = "{demandeur} attend depuis 30 minutes et c'est toujours le même instructeur qui envoie."
CAUSE_COMPTEUR = "Luciole est fâché : tous les instructeurs sont bloqués."
CAUSE_INTERRUPTION = "La procédure d'envoi a été stoppée : tous les établissements instructeurs sont bloqués."

REMEDE_FIGE = (
    "Vérifiez avec {detenteur} si son envoi avance encore ; s'il est figé, débloquez Luciole : son envoi est écarté et le suivant part."
)
SANS_OBJET = "Appel sans objet : {detenteur} n'envoyait plus"
CAUSE_FIN_A_TEMPS = "Son envoi s'est terminé avant les 30 minutes d'attente ; sa fin n'est arrivée à la passerelle qu'après l'appel."
CAUSE_INTERROMPU_AVANT = "Son envoi s'est arrêté avant les 30 minutes d'attente ; cela n'est arrivé à la passerelle qu'après l'appel."
REMEDE_FIN_A_TEMPS = "Ne débloquez rien pour cet appel : le verrou est rendu et le suivant part de lui-même."
REMEDE_INTERROMPU_AVANT = "Suivez l'appel qui vient ensuite : Luciole est bloqué."
REMEDE_BLOCAGE = "Remettez Luciole en état puis débloquez : les instructeurs de la file repartent d'eux-mêmes, dans l'ordre."

RIEN_A_DEBLOQUER = Refusal(
    "RIEN_A_DEBLOQUER",
    "Rien n'est bloqué : un envoi en cours ne s'arrête jamais",
    "Attendez la fin de l'envoi ; un déblocage n'est reçu qu'après un appel au support.",
)
FILE_PLEINE = Refusal(
    "FILE_PLEINE",
    "La file d'attente du verrou est pleine",
    "Recommencez Préparation et envoi plus tard.",
)
