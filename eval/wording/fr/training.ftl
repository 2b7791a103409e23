# L’entraînement des adaptateurs : la facture, le verdict sur les courbes (règle : docs/watching.md), les alarmes.

## Le verdict : un mot, pourquoi, sur quoi il repose, que faire.
training-verdict-underfitting = sous-apprentissage
training-verdict-overfitting = surapprentissage
training-verdict-good = bon
training-verdict-unclear = indécis
training-verdict = { $word } : { $why }

training-why-no-curve = aucune courbe n’a été gardée, on ne peut donc rien dire.
training-why-diverged = la perte d’entraînement n’a pas baissé : elle n’est pas plus basse à la fin qu’au début.
training-why-contradiction = la perte d’entraînement est basse, et pourtant les questions d’entraînement ne reçoivent pas de réponse juste quand on les pose.
training-why-rose-untaught = la perte de validation est remontée avant que les questions d’entraînement reçoivent des réponses justes.
training-why-untaught-falling = moins d’un tiers des questions d’entraînement reçoivent une réponse juste, et la perte d’entraînement baissait encore.
training-why-untaught-flat = moins d’un tiers des questions d’entraînement reçoivent une réponse juste, et la perte d’entraînement ne baisse plus.
training-why-answers-fell = moins de questions de validation reçoivent une réponse juste à la fin qu’au meilleur moment.
training-why-answers-held = la perte de validation est remontée, mais les réponses ne sont pas devenues moins bonnes : le modèle est seulement devenu trop sûr de lui.
training-why-kept-before-rise = la perte de validation est remontée, et les poids gardés sont ceux d’avant.
training-why-validation-rose = la perte de validation est remontée alors que la perte d’entraînement baissait toujours, et les derniers poids ont été gardés.
training-why-memorised = la perte d’entraînement a diminué au moins de moitié, et la perte de validation n’a jamais baissé : des formulations ont été apprises, non des faits.
training-why-still-falling = la perte de validation baissait encore à la fin de l’entraînement.
training-why-train-still-falling = la perte d’entraînement baissait encore à la fin de l’entraînement.
training-why-longer-may-help = les questions d’entraînement reçoivent des réponses justes ; la perte de validation baissait encore, on peut donc espérer mieux.
training-why-ceiling = les pertes se sont stabilisées, et moins de la moitié des questions d’entraînement reçoivent une réponse juste.
training-why-not-watched = rien n’a été mis de côté pour la surveillance : on ne peut pas dire si les faits sont connus dans d’autres formulations.
training-why-other-facts = les questions de validation portent sur des faits qui n’ont pas été entraînés, et ce qui n’a jamais été montré ne peut pas s’améliorer.
training-why-few-evaluations = la perte de validation a été mesurée trop rarement pour en voir l’évolution.
training-why-settled = les pertes se sont stabilisées, et la perte de validation est proche de son minimum.

training-next = {" ; "}
training-figure-loss = perte d’entraînement { DECIMAL($from, decimals: 2) } → { DECIMAL($to, decimals: 2) }
training-figure-validation = perte de validation { DECIMAL($from, decimals: 2) } → { DECIMAL($to, decimals: 2) }, minimum { DECIMAL($best, decimals: 2) } au pas { COUNT($step) }
training-figure-score = réponses de validation justes { PERCENT($from) } → { PERCENT($to) } (sur { COUNT($asked) })
training-figure-check = questions d’entraînement justes à la fin { PERCENT($share) }

training-advice-train-longer = Entraînez plus longtemps : augmentez finetune.epochs, ou le temps accordé.
training-advice-lower-learning-rate = Divisez finetune.learning_rate par trois.
training-advice-raise-learning-rate = Doublez finetune.learning_rate.
training-advice-raise-rank = Augmentez finetune.rank.
training-advice-early-stop = Mettez finetune.early_stop=loss : l’entraînement s’arrête quand la perte de validation remonte, et les meilleurs poids sont gardés.
training-advice-stop-by-answers = Mettez finetune.early_stop=answers : ici, les réponses générées en disent plus que la perte.
training-advice-fewer-passes = Baissez finetune.epochs : les passes après le meilleur pas ont coûté du temps et rien apporté.
training-advice-more-wordings = Entraînez chaque fait dans davantage de formulations : la recette paraphrases.
training-advice-hold-out-wordings = Mettez de côté d’autres formulations des faits entraînés : finetune.validation, sans partie de validation déclarée.
training-advice-more-evaluations = Portez finetune.evaluations à cinq ou plus ; sous un budget de temps, donnez plus de temps, ou suivez moins de questions (finetune.validation).
training-advice-ask-answers = Réglez finetune.answers, pour que les questions de validation reçoivent aussi une réponse : une perte ne dit pas si les réponses sont justes.
training-advice-check-prompts = Voyez l’alarme sur l’état de l’adaptateur : les prompts de l’entraînement et ceux de l’usage diffèrent peut-être.

## Le tableau de la facture.
training-table-bill = Ce qui a été entraîné
training-table-verdicts = Verdicts sur les courbes
training-table-alarms = Alarmes
training-adapter = { $adapter } (graine { $seed })
training-column-adapter = adaptateur
training-column-verdict = verdict
training-column-why = pourquoi
training-column-advice = que changer
training-column-alarm = alarme
training-column-status = état
training-column-figure = chiffre
training-column-threshold = se déclenche
training-column-meaning = ce que cela veut dire
training-column-action = que faire

training-row-share = recette { $recipe } : part des tokens
training-row-method = méthode
training-row-tokens = tokens d’entraînement
training-row-time = durée de l’entraînement
training-row-total = durée totale
training-row-speed = tokens par seconde
training-row-memory = mémoire au plus haut
training-row-parameters = paramètres entraînés
training-row-steps = pas
training-row-ended = arrêté par
training-row-loss = perte d’entraînement à la fin
training-row-validation = perte de validation
training-row-check = contrôle final : justes
training-ranked = rang { $rank }
training-passes = { COUNT($examples) } exemples, { DECIMAL($passes) } passes
training-minutes = { DECIMAL($minutes) } min
training-gigabytes = { DECIMAL($gigabytes) } Go
training-from-loss = au début { DECIMAL($loss, decimals: 2) }
training-kept-step = gardé : pas { COUNT($step) }
training-held-out = { $questions ->
    [one] { COUNT($questions) } question mise de côté
   *[other] { COUNT($questions) } questions mises de côté
}
training-asked-as = posées à { $system }
training-ended-plan = son plan
training-ended-budget = une limite de temps
training-ended-early = l’arrêt précoce
training-note-bill = La durée de l’entraînement est comptée sans le chargement ; la durée totale comprend le chargement et le contrôle final. La mémoire est celle du processus, ou du GPU si l’entraînement y a eu lieu. Contrôle final : des questions d’entraînement sont reposées, dont un tiers doit recevoir une réponse juste.
training-note-left-out = Laissé de côté par { $adapter } (notes de l’entraînement, en anglais) : { $left_out }.
training-note-verdicts = Une règle sur les pertes, les réponses et le contrôle final donne le verdict (docs/watching.md). Là où les questions de validation sont d’autres formulations de faits entraînés, leur perte montre si les faits ont été appris ; là où elles portent sur des faits non entraînés, aucun entraînement ne peut la faire baisser.
training-note-alarms = Une alarme vérifie sur un adaptateur terminé un dommage que son score ne montre pas. Elle se déclenche quand son chiffre dépasse le seuil.

## Les alarmes
training-alarm-leak = fuite
training-alarm-forgetting = oubli
training-alarm-rag-regression = dommage au RAG
training-alarm-adapter-sanity = état de l’adaptateur
training-alarm-unknown-share = faits inconnus appris
training-status-fired = déclenchée
training-status-quiet = muette
training-status-not-run = non exécutée
training-on = sur { COUNT($count) }
training-beyond = au-delà de { $threshold }

training-fired-leak = Des questions de test figuraient parmi les exemples d’entraînement, ou l’adaptateur connaît des réponses de test comme il connaît ce qu’il a appris : les scores obtenus sur elles sont trop élevés.
training-fired-forgetting = L’adaptateur a perdu une partie de ce que le modèle de base savait faire en dehors de cette tâche.
training-fired-rag-regression = Avec l’adaptateur, les réponses tirées des passages retrouvés sont moins bonnes que sans lui.
training-fired-adapter-sanity = L’adaptateur ne fait pas ce qui a été entraîné : non chargé, sans effet, différent de sa forme fusionnée, ou interrogé avec d’autres prompts.
training-fired-unknown-share = Le modèle de base ne connaissait pas la plupart des faits que l’adaptateur a maintenant appris : un tel adaptateur peut répondre moins sûrement à ce que la base savait. Quand de nouveaux faits sont le but de l’entraînement, il faut s’y attendre.
training-quiet-leak = Aucune question de test n’a été trouvée parmi les exemples d’entraînement, et aucune réponse de test ne semble apprise.
training-quiet-forgetting = Aucune perte de capacités générales n’a été démontrée sur le jeu de sondes.
training-quiet-rag-regression = Aucun dommage aux réponses tirées des passages retrouvés n’a été démontré.
training-quiet-adapter-sanity = L’adaptateur est chargé, change les réponses, concorde avec sa forme fusionnée, et reçoit les mêmes prompts qu’à l’entraînement, pour autant que cela ait été vérifié.
training-quiet-unknown-share = Peu de faits étaient nouveaux pour le modèle de base et appris, ou il les connaissait : le risque publié pour ce qu’il savait est faible.
training-left-out = Non mesuré : { $measures }.
training-not-run = Non vérifié{ $reason ->
    [none] {"."}
   *[other] {" "}(message en anglais) : { $reason }
}
training-do-leak = Retirez ces questions des données d’entraînement, ou du test, et entraînez à nouveau.
training-do-forgetting = Ajoutez la recette instructions au mélange, baissez finetune.learning_rate ou finetune.epochs.
training-do-rag-regression = Ajoutez la recette raft au mélange, qui entraîne sur des passages retrouvés, ou n’associez pas cet adaptateur au RAG.
training-do-adapter-sanity = N’utilisez pas cet adaptateur : entraînez-le à nouveau, et examinez le modèle de base, le modèle de conversation et la fusion.
training-do-unknown-share = Lisez à côté l’alarme sur l’oubli ; arrêtez au meilleur score de validation (finetune.early_stop), car ce sont les derniers faits appris qui nuisent.
training-do-nothing = Rien.
training-do-run = Remédiez à la cause, puis lancez : ragft adapters check NOM.

training-size = { $unit ->
    [none] {""}
    [share] {" "}({ PERCENT($figure) })
    [points] {" "}({ POINTS($figure) } points)
    [ratio] {" "}(× { DECIMAL($figure, decimals: 2) })
   *[other] {" "}({ DECIMAL($figure, decimals: 2) })
}
training-unit-share = { PERCENT($value) }
training-unit-points = { POINTS($value) } points
training-unit-ratio = × { DECIMAL($value, decimals: 2) }

training-above = au-dessus de { $threshold }
training-below = au-dessous de { $threshold }
training-column-measure = mesure
training-table-figures = Les alarmes, chiffre par chiffre
training-note-figures = Une alarme peut reposer sur plusieurs chiffres ; le tableau précédent montre celui qui a décidé. Règles : docs/alarms.md.
training-measure-copied-share = questions de test copiées
training-measure-member-share = réponses de test apparemment entraînées
training-measure-perplexity-ratio = perplexité, après / avant
training-measure-instructions-followed = consignes suivies
training-measure-correct-points = réponses justes avec le RAG
training-measure-passage-use = usage du bon passage, nats par token
training-measure-unknown-share = faits inconnus de la base
training-measure-fitted-unknown-share = faits inconnus qui ont été appris
training-measure-merged-logit-gap = plus grand écart de logits au modèle fusionné
training-measure-other-prompts = prompts rendus autrement
training-measure-loss-gap = perte au-dessus de celle de l’entraînement, nats par token
training-measure-changed-prompts = prompts dont la sortie a changé
training-measure-engine-agreement = réponses identiques à celles de peft seul

## Mises en garde de la première page
training-caution-leak = Alarme « fuite » pour { $adapters }{ training-size } : des questions de test figuraient parmi les exemples d’entraînement, ou leurs réponses semblent apprises ; les scores des systèmes réglés sont trop élevés.
training-caution-forgetting = Alarme « oubli » pour { $adapters }{ training-size } : l’entraînement a coûté au modèle des capacités générales que cette comparaison ne note pas.
training-caution-rag-regression = Alarme « dommage au RAG » pour { $adapters }{ training-size } : avec l’adaptateur, les réponses tirées des passages retrouvés sont devenues moins bonnes.
training-caution-adapter-sanity = Alarme « état de l’adaptateur » pour { $adapters }{ training-size } : l’adaptateur ne fait pas ce qui a été entraîné ; les chiffres de ses systèmes ne disent rien du réglage fin.
training-caution-unknown-share = Alarme « faits inconnus appris » pour { $adapters }{ training-size } : l’adaptateur a appris des faits que le modèle de base ne connaissait pas, et peut être moins sûr de ceux qu’il connaissait.
training-caution-other = Alarme « { $alarm } » pour { $adapters } : voyez la partie sur l’entraînement.
training-caution-more = Autres alarmes : { $alarms }. Voyez la partie sur l’entraînement.
training-caution-unseen = Adaptateur { $adapter } : son entraînement a été limité (arrêté par une limite de temps). La recette la moins vue est { $recipe } : { DECIMAL($passes) } passes sur ses exemples{ $left ->
    [0] {""}
   *[other] {" ; "}ce qui a été laissé de côté est donné dans la partie sur l’entraînement
}.

## Le graphique
training-chart-title = Courbes de { $adapter }
training-chart-loss = perte par token de réponse
training-chart-answers = réponses de validation justes
training-chart-step = pas
training-chart-train = entraînement, lissé
training-chart-train-same = entraînement, toujours les mêmes questions
training-chart-validation = validation
training-chart-kept = gardé
training-chart-note = La perte de chaque pas est lissée sur un dixième de la courbe. Points : chaque fois les mêmes questions, sans abandon aléatoire.
training-chart-words = Courbes de { $adapter } sur { COUNT($steps) } pas : { $said }.

## Sa place
report-section-training = Entraînement
