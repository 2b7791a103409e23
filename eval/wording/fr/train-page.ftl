# La page « Entraîner » de l’application.

## La page
train-title = Entraîner un adaptateur
train-language = Langue
train-part = Partie
train-part-new = Nouvel entraînement
train-part-adapters = Adaptateurs ({ COUNT($count) })

## Le formulaire
train-name = Nom de l’adaptateur
train-name-help = Celui de son dossier. Les systèmes « finetuned » et « rag+finetuned » utilisent main, sauf indication contraire dans la configuration.
train-name-taken = Un adaptateur porte déjà ce nom. Il reste en place jusqu’à ce que le nouveau soit terminé et le remplace.
train-seeds = Graines
train-seeds-help = Le même entraînement plusieurs fois avec un autre hasard, pour voir la part de chance : un adaptateur par graine, l’un après l’autre.
train-recipe = Ce qui est montré au modèle, et avec quel poids
train-recipe-help = Un poids est une part des tokens d’entraînement, pas des exemples.
train-recipe-qa = Questions et réponses, sans passages.
train-recipe-paraphrases = Chaque fait demandé en plusieurs formulations.
train-recipe-raft = Le bon passage parmi d’autres ; la réponse le cite, ou s’abstient s’il n’est pas montré.
train-recipe-documents = Le texte même des documents (pré-entraînement continué).
train-recipe-few-shot = Des questions précédées d’exemples résolus, comme le système « few-shot » les pose.
train-recipe-style = Des questions avec une règle de forme : format, longueur, ton.
train-recipe-synthetic = Des paires qu’un modèle a écrites d’après les passages. Elles sont produites d’abord : ragft data synthesize.
train-recipe-instructions = Des instructions générales, pour garder les capacités hors de la tâche. Il faut des fichiers : finetune.instructions.
train-weight = Poids de { $recipe }
train-shares = Parts des tokens d’entraînement : { $shares }.
train-no-recipe = Choisissez-en au moins un.
train-method = Méthode
train-method-lora = LoRA
train-method-qlora = QLoRA
train-method-8bit = 8 bits
train-method-full = complète
train-method-lora-means = de petites matrices à côté de la base gelée
train-method-qlora-means = la même chose sur une base en 4 bits : moins de mémoire
train-method-8bit-means = la même chose sur une base en 8 bits
train-method-full-means = tous les poids de la base : le plus de mémoire, et un taux d’apprentissage plus bas
train-length = Durée
train-length-help = Un budget de temps vaut pour toute la commande, alarmes exceptées ; les tokens rendent les entraînements comparables ; les passes suivent les données.
train-length-budget = temps
train-length-tokens = tokens
train-length-epochs = passes
train-amount-budget = Minutes
train-amount-tokens = Tokens
train-amount-epochs = Passes sur les données
train-advanced = Réglages avancés
train-group-model = L’adaptateur
train-group-optimisation = Optimisation
train-group-raft = Recette raft
train-group-paraphrases = Recette paraphrases
train-group-watching = Surveillance
train-group-machine = La machine
train-set-rank = Rang
train-set-alpha = Alpha
train-set-dropout = Dropout
train-set-rslora = rsLoRA
train-set-dora = DoRA
train-set-learning-rate = Taux d’apprentissage
train-set-schedule = Évolution du taux
train-set-warmup = Échauffement (part)
train-set-batch-size = Exemples par pas
train-set-seed = Graine
train-set-distractors = Distracteurs
train-set-gold-share = Part avec le bon passage
train-set-cite = Citer le passage
train-set-wordings = Formulations par fait (vide : toutes)
train-set-wording-noise = Mots retirés (part)
train-set-gaps = Posées à trous (part)
train-set-validation = Questions réservées
train-set-evaluations = Évaluations
train-set-answers = Réponses à chacune
train-set-early-stop = Arrêt anticipé sur
train-set-alarms = Alarmes à la fin
train-set-precision = Précision
train-set-memory = Limite de mémoire, par exemple 6GB
train-set-gradient-checkpointing = Recalcul des activations
train-set-checkpoint-seconds = Secondes entre deux sauvegardes

## La commande et la facture
train-command = La même chose en ligne de commande
train-bill = Que faudra-t-il ?
train-bill-help = Temps, mémoire et disque, estimés pour cette machine. Rien n’est entraîné.
train-bill-making = Calcul de la facture.
train-bill-first = Voyez d’abord la facture, puis démarrez.
train-bill-stale = Les réglages ont changé : redemandez la facture.
train-bill-seeds = Pour chacune des { COUNT($count) } graines, l’une après l’autre.
train-bill-none = Pas de facture pour cet entraînement, qui peut tout de même être démarré :
train-bill-time = Temps
train-bill-memory = Pic de mémoire ({ $free } libres)
train-bill-disk = Disque ({ $free } libres)
train-bill-between = Entre { $low } et { $high }.
train-bill-alarms = Les alarmes de la fin s’y ajoutent.
train-bill-words = Dans les mots de la ligne de commande
train-bill-fits-memory = tient en mémoire
train-bill-short-memory = ne tient pas en mémoire
train-bill-fits-disk = tient sur le disque
train-bill-short-disk = trop peu de place sur le disque
train-start = Démarrer l’entraînement
train-started = **{ $name }** est lancé : suivez-le en haut de la page.
train-running-already = **{ $name }** est déjà en cours d’entraînement. Attendez, arrêtez-le ou donnez un autre nom.

## Un entraînement en cours
train-state-running = en cours
train-state-failed = échec
train-state-interrupted = arrêté
train-state-lost = à l’arrêt
train-state-elsewhere = en cours ailleurs
train-said-failed = Il s’est terminé par une erreur.
train-said-interrupted = Il a été arrêté.
train-said-lost = Son processus a disparu sans un mot, comme après un arrêt forcé ou un redémarrage de la machine.
train-kept = Il était au pas { COUNT($steps) } et reprend à sa dernière sauvegarde.
train-kept-anew = Il était au pas { COUNT($steps) } et reprend depuis le début : aucune sauvegarde n’avait encore été faite.
train-kept-nothing = Aucun pas n’a encore été fait.
train-elsewhere = Il n’a pas été lancé depuis cette page : il s’arrête là où il a été lancé.
train-command-again = Il n’a pas été lancé depuis cette page : la même commande qu’avant le reprend.
train-look-again = Regarder à nouveau
train-stop = Arrêter
train-stopping = Arrêt en cours
train-stop-help = Ce qu’il a appris est conservé : il continue à partir de là quand vous le reprenez.
train-resume = Reprendre
train-again = Réessayer
train-forget = Oublier
train-forget-help = Le retire de cette liste. Aucun adaptateur n’est touché.
train-discard = Abandonner
train-discard-sure = Ce que **{ $name }** a appris jusqu’ici est supprimé. Un adaptateur terminé de ce nom reste.
train-discard-yes = Supprimer ce qui a été entraîné
train-log = Ce qu’il a affiché en dernier
train-stage-preparing = Préparation : index, exemples, modèle de base
train-stage-ending = Entraînement terminé : contrôle final, alarmes, dossier de l’adaptateur
train-stage-step = pas { COUNT($step) }{ $of ->
    [none] {""}
   *[other] {" "}sur { COUNT($of) }
}
train-stage-spent = { $spent } d’entraînement
train-stage-left = encore { $left } environ

## Courbes et chiffres
train-curves = Courbes
train-no-curves = Aucune courbe n’a été conservée.
train-loss-title = Perte par token de réponse
train-loss-words = La perte d’entraînement passe de { $first } à { $last } en { COUNT($steps) } pas.
train-validation-words = La perte de validation passe de { $first } à { $last } ; son minimum est { $best }.
train-small-words = { $measure } : { $first } au début, { $last } à la fin.
train-measure-loss = Perte
train-measure-validation-loss = Perte de validation
train-measure-score = Réponses justes
train-measure-learning-rate = Taux d’apprentissage
train-measure-grad-norm = Norme du gradient
train-measure-speed = Tokens par seconde
train-measure-tokens = Tokens
train-measure-memory = Pic de mémoire
train-gb = { $amount } Go
train-megabytes = { $amount } Mo sur le disque

## Adaptateurs terminés
train-none-finished = Aucun adaptateur n’est terminé. Remplissez le formulaire, voyez la facture et lancez-en un.
train-column-name = Adaptateur
train-column-method = Méthode
train-column-recipe = Recette
train-column-steps = Pas
train-column-loss = Perte
train-column-validation = Validation
train-column-check = Contrôle final
train-column-alarms = Alarmes
train-column-created = Fait le (UTC)
train-alarms-fired = { $count ->
    [one] { COUNT($count) } déclenchée
   *[other] { COUNT($count) } déclenchées
}
train-alarms-quiet = aucune
train-unusable = Cet adaptateur n’est pas utilisable tel quel :
train-missing = Fait par une version antérieure, dont le manifeste ne dit pas : { $fields }.
train-check-unknown = Son manifeste ne dit pas comment s’est passé le contrôle final.
train-check-passed = contrôle final réussi
train-check-failed = contrôle final échoué
train-check = { COUNT($correct) } des { COUNT($asked) } questions d’entraînement reçoivent la bonne réponse, posées comme { $system }.
train-no-alarms = Aucune alarme n’a été exécutée sur cet adaptateur.
train-answers = Questions d’entraînement reposées ({ COUNT($count) })
train-answer-question = question
train-answer-base = modèle de base
train-answer-trained = avec l’adaptateur
train-download = Télécharger
train-download-help = En fichier zip ; peft charge tel quel le dossier qu’il contient.
train-download-large = Un modèle entier, trop gros pour passer par la page : prenez le dossier { $folder }.
train-delete = Supprimer
train-delete-sure = **{ $name }** est supprimé définitivement. Les rapports faits avec lui restent.
train-delete-used = { $systems } : pas de réponse possible sans lui.
train-delete-yes = Supprimer l’adaptateur
