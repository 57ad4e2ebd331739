"""What an installation in containers may add to the settings that `docker-compose.yml` gives: the file `bus.env`, all of it commented.

Secrets of the sources are files of the folder `sources/` beside it, mounted where `SOURCES` says.
"""

FILE, FOLDER = "bus.env", "sources"
SOURCES = "/run/sources"

TEMPLATE = f"""\
# Réglages ajoutés à ceux de docker-compose.yml : ôter le « # » de ce qui sert, puis « docker compose up --detach bus ».
# Un secret est un fichier du dossier {FOLDER}/, à côté de celui-ci. Sens de chaque réglage : docs/exploitation.md.

# Domaines servis (bourses seul sinon).
#PASSERELLE_DOMAINS=bourses,luciole,formation,comptes,lsu,siecle,rentree,onde,fregata

# Vue SQL d'Apogée, en lecture seule (processus « interrogations »). Secret : {FOLDER}/apogee_vue_password
#PASSERELLE_APOGEE_VUE__URL=postgresql://lecteur@apogee.univ.example:5432/apogee
#PASSERELLE_APOGEE_VUE__VIEW=apogee.v_passerelle
#PASSERELLE_APOGEE_VUE__UAI=0781944P
#PASSERELLE_APOGEE_VUE__PASSWORD_FILE={SOURCES}/apogee_vue_password

# Flux des inscriptions de Pégase (processus « interrogations »). Secret : {FOLDER}/pegase_token
#PASSERELLE_PEGASE__URL=https://ins.univ.example/api/ins/ext/v2
#PASSERELLE_PEGASE__TOKEN_FILE={SOURCES}/pegase_token

# Inscriptions de FREGATA (processus « interrogations »). Secret : {FOLDER}/fregata_key
#PASSERELLE_FREGATA__URL=https://fregata.example/api
#PASSERELLE_FREGATA__KEY_ID=passerelle
#PASSERELLE_FREGATA__UAIS=0341088Y,0300139B
#PASSERELLE_FREGATA__KEY_FILE={SOURCES}/fregata_key

# Services web SOAP d'Apogée (processus « complements »). Secret : {FOLDER}/apogee_ws_password
#PASSERELLE_APOGEE_WS__ETUDIANT_URL=https://apogee.univ.example/services/EtudiantMetier
#PASSERELLE_APOGEE_WS__ADMINISTRATIF_URL=https://apogee.univ.example/services/AdministratifMetier
#PASSERELLE_APOGEE_WS__USERNAME=passerelle
#PASSERELLE_APOGEE_WS__PASSWORD_FILE={SOURCES}/apogee_ws_password
"""
