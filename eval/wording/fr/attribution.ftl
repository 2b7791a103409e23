# Attribution des erreurs : pourquoi une réponse est juste ou fausse. Règles et ordre : docs/attribution.md.

## Causes : ce que chacune veut dire.

attribution-means-correct = La réponse compte comme juste.
attribution-means-unscored = Il n’y a rien à quoi comparer la réponse, ou il n’y a pas de réponse.
attribution-means-error = La réponse n’a pas pu être produite : il n’y a rien à juger.
attribution-means-not-retrieved = Les passages montrés ne contiennent pas toute la preuve : nul n’aurait pu répondre à partir d’eux.
attribution-means-retrieved-not-read = Les passages contiennent la preuve, mais la réponse en tire autre chose, ou n’en tire rien.
attribution-means-hallucinated = La réponse affirme ce que ni les passages montrés ni la preuve n’appuient.
attribution-means-right-but-mis-scored = La réponse est juste, sous une forme que la métrique n’accepte pas.
attribution-means-gold-doubtful = La réponse attendue est peut-être fausse : quelqu’un devrait la vérifier.
attribution-means-should-have-abstained = Les documents ne répondent pas à la question, et une réponse a été donnée.
attribution-means-abstained-needlessly = Les documents répondent à la question, aucune recherche n’avait échoué, et le système a dit ne pas savoir.
attribution-means-undetermined = L’enregistrement ne dit pas pourquoi la réponse est fausse.

## Règles : pourquoi une réponse a reçu sa cause.

attribution-why-correct = La réponse contient une réponse de référence, s’abstient là où il n’y en a pas, ou respecte sa règle.
attribution-why-error = La réponse a échoué.
attribution-why-missing = Le fichier importé ne contient pas de réponse à cette question.
attribution-why-unscored = La question n’a ni réponse de référence ni règle : la réponse ne peut pas être jugée.
attribution-why-abstained-unrecognised = Elle dit ne pas savoir, dans des termes que la règle d’abstention ne reconnaît pas.
attribution-why-empty = La réponse est vide.
attribution-why-answered-unanswerable = Les documents ne répondent pas à cette question, et elle affirme une réponse.
attribution-why-rule-failed = Elle n’a pas la forme demandée ; sans preuve indiquée, rien ne dit pourquoi.
attribution-why-rule-failed-gold-given = Elle donne la réponse de référence, mais enfreint la règle de la question.
attribution-why-gold-too-long = La réponse de référence s’y trouve, dans une réponse de plus de 40 mots.
attribution-why-gold-quantity = Elle donne la même quantité, dans un autre format ou une autre unité.
attribution-why-gold-wording = Elle donne les mots de la réponse de référence, dans un autre ordre ou avec d’autres terminaisons.
attribution-why-gold-shorter = Elle donne l’essentiel de la réponse de référence, et rien d’autre.
attribution-why-gold-not-in-evidence = Aucune réponse de référence ne figure dans la preuve citée pour la question.
attribution-why-others-agree = Des systèmes de nature différente donnent cette même réponse, et elle figure dans la preuve.
attribution-why-evidence-missing = Aucun des passages montrés ne contient de preuve pour cette question.
attribution-why-evidence-partly-shown = Les passages montrés ne contiennent qu’une partie de la preuve, et la réponse les exige toutes.
attribution-why-evidence-missing-abstained = Les passages montrés ne contiennent pas la preuve ; s’abstenir était juste, et la recherche est en cause.
attribution-why-abstained-with-evidence = Les passages contiennent la preuve, et elle s’est abstenue.
attribution-why-abstained-without-passages = Les documents répondent à la question ; le système, qui ne voit pas de passages, s’est abstenu.
attribution-why-abstained-not-annotated = Elle s’est abstenue, et aucune preuve n’est indiquée qui dirait si elle pouvait répondre.
attribution-why-evidence-unused = Les passages contiennent la preuve, et la réponse n’affirme rien de plus que la question.
attribution-why-not-in-passages = Les passages contiennent la preuve, et la réponse affirme ce qui n’y figure pas.
attribution-why-elsewhere-in-passages = Les passages contiennent la preuve, et la réponse dit autre chose qui y figure.
attribution-why-repeats-question = La réponse ne fait que répéter la question.
attribution-why-beside-the-question = Ce qu’elle dit figure dans la preuve, mais n’est pas ce qui était demandé.
attribution-why-stated-from-memory = Sans passages, elle affirme ce que la preuve n’appuie pas.
attribution-why-stated-though-trained = Sans passages, elle affirme ce que la preuve n’appuie pas, alors que le fait figurait parmi les questions d’entraînement.
attribution-why-not-annotated = Des passages ont été montrés, et aucune preuve n’est indiquée qui dirait s’ils contiennent la réponse.
attribution-why-passages-unknown = La réponse a été importée, et ce qui a été montré au système n’est pas enregistré.

## Flux : les étapes d’une réponse.

flow-asked = posées
flow-evidence-shown = preuve montrée
flow-evidence-not-shown = preuve non montrée
flow-evidence-unknown = preuve inconnue
flow-no-passages = sans passages
flow-unanswerable = hors documents
flow-answered = répondu
flow-abstained = abstenu
flow-no-answer = aucune réponse
flow-correct = { report-cause-correct }
flow-unscored = { report-cause-unscored }
flow-error = { report-cause-error }
flow-not-retrieved = { report-cause-not-retrieved }
flow-retrieved-not-read = { report-cause-retrieved-not-read }
flow-hallucinated = { report-cause-hallucinated }
flow-right-but-mis-scored = { report-cause-right-but-mis-scored }
flow-gold-doubtful = { report-cause-gold-doubtful }
flow-should-have-abstained = { report-cause-should-have-abstained }
flow-abstained-needlessly = { report-cause-abstained-needlessly }
flow-undetermined = { report-cause-undetermined }
