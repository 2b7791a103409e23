# Métriques : noms, et ce qu’elles disent. Les textes traduisent ceux de eval/metrics.
-metric-as-text = 0 pour une réponse vide ; une abstention comme tout texte, donc près de 0 ; sans objet pour une question sans réponse
-metric-passages = comme toute réponse, car ce sont les passages qui comptent, non le texte ; 0 quand rien n’a été trouvé ; sans objet sans recherche
-metric-counted = comme toute réponse ; sans objet quand personne n’a compté

metric-correct = correct
metric-correct-summary = Une réponse de référence figure dans la réponse en mots entiers, et celle-ci compte au plus 40 mots ; à une question sans réponse on répond juste en s’abstenant, à une question à règle en la respectant.
metric-correct-missing = 0 pour une réponse vide ; une abstention vaut 1 à une question sans réponse, sinon 0
metric-correct-source = Ce projet ; la réponse contenue comme chez Mallen et al. 2023 (PopQA), arXiv 2212.10511, avec une limite de longueur

metric-contained = contient la référence
metric-contained-summary = Une réponse de référence figure dans la réponse en mots entiers, quelle que soit la longueur de celle-ci.
metric-contained-missing = { -metric-as-text }

metric-exact-match = identique
metric-exact-match-summary = La réponse est une réponse de référence, à la casse, à la ponctuation et aux articles près.
metric-exact-match-missing = { -metric-as-text }

metric-token-f1 = F1 des mots
metric-token-f1-summary = Mots communs à la réponse et à la réponse de référence la plus proche (F1) ; un mot compte autant de fois que les deux l’ont.
metric-token-f1-missing = { -metric-as-text }

metric-rouge1 = ROUGE-1
metric-rouge1-summary = Radicaux de mots communs avec la réponse de référence la plus proche (F1).
metric-rouge1-missing = { -metric-as-text }

metric-rouge2 = ROUGE-2
metric-rouge2-summary = Paires de radicaux voisins communes avec la réponse de référence la plus proche (F1).
metric-rouge2-missing = { -metric-as-text } ; 0 aussi pour toute réponse quand la référence n’a qu’un mot

metric-rougel = ROUGE-L
metric-rougel-summary = Plus longue suite commune de radicaux avec la réponse de référence la plus proche (F1).
metric-rougel-missing = { -metric-as-text }

metric-rougelsum = ROUGE-Lsum
metric-rougelsum-summary = ROUGE-L phrase par phrase : chaque phrase de la référence face à toutes celles de la réponse, réunies (F1). Non notée quand le produit des deux longueurs dépasse 4 000 000 de mots.
metric-rougelsum-missing = { -metric-as-text }
metric-rougelsum-source = Lin 2004 (ROUGE), https://aclanthology.org/W04-1013 ; rouge-score 0.1.2 ; phrases découpées par eval/sentences.py

metric-rougel-default = ROUGE-L (d’origine)
metric-rougel-default-summary = ROUGE-L avec le découpage d’origine de rouge-score (lettres a à z seulement, sans radicaux), pour comparer à des chiffres anglais publiés.
metric-rougel-default-missing = { -metric-as-text } ; non notée quand ce découpage ne laisse rien des réponses de référence, et pour des textes très longs

metric-chrf = chrF
metric-chrf-summary = Suites d’un à six caractères communes avec la réponse de référence la plus proche (F2 : le rappel compte double) ; indulgente pour les flexions.
metric-chrf-missing = { -metric-as-text }

metric-bleu = BLEU
metric-bleu-summary = Précision des suites d’au plus quatre mots face à la réponse de référence la plus proche, abaissée quand la réponse est plus courte ; sévère pour les longues réponses, et la casse compte. Les mots sont ceux du découpage 13a de mteval, en français aussi (« l’été » en est un seul).
metric-bleu-missing = { -metric-as-text }

metric-semantic = proximité de sens
metric-semantic-summary = Proximité de sens entre la réponse et la réponse de référence la plus proche : cosinus de leurs plongements, les valeurs négatives comptant 0.
metric-semantic-missing = 0 pour une réponse vide ; une abstention comme tout texte ; sans objet pour une question sans réponse ou quand le modèle de plongement ne couvre pas la langue ; non notée sans modèle de plongement
metric-semantic-source = Reimers et Gurevych 2019 (Sentence-BERT), arXiv 1908.10084 ; le modèle de plongement de l’exécution

metric-abstention = abstention
metric-abstention-summary = S’abstient à une question à laquelle les documents ne répondent pas, et à aucune autre.
metric-abstention-missing = une abstention vaut 1 à une question sans réponse, sinon 0 ; une réponse vide n’est pas une abstention

metric-rule = règle
metric-rule-summary = Respecte chaque ligne de la règle de la question (une forme, un style maison, un schéma JSON).
metric-rule-missing = ce que la règle en dit, comme de toute réponse ; sans objet pour une question sans règle
metric-rule-source = Ce projet : knowledge_base/rules.py ; JSON Schema, version 2020-12

metric-well-formed = bien formée
metric-well-formed-summary = Contient quelque chose à lire, n’a pas été coupée à la limite de tokens, et chaque numéro de citation renvoie à un passage montré.
metric-well-formed-missing = 0 pour une réponse vide ; une abstention comme toute réponse ; non notée quand rien ne dit comment la réponse s’est terminée (importée)
metric-well-formed-source = Ce projet

metric-groundedness = ancrage
metric-groundedness-summary = À quel point les passages montrés soutiennent les phrases de la réponse : moyenne, sur les phrases, de la part de leurs nombres, noms et mots pleins que contient un même endroit d’un passage. Compte des mots et des sens ; aucun modèle ne juge.
metric-groundedness-missing = sans objet pour une abstention, une réponse vide, un système sans passages ou des passages dans une autre langue ; 0 quand un système qui cherche n’a rien trouvé ; non notée sans mot plein
metric-groundedness-source = Ce projet, d’après ALCE (Gao et al. 2023, arXiv 2305.14627) et la fidélité de RAGAS (Es et al. 2023, arXiv 2309.15217)

metric-citation-precision = précision des citations
metric-citation-precision-summary = Part des citations de la réponse qui renvoient à un passage contenant une preuve ; un numéro qui ne renvoie à rien compte comme faux.
metric-citation-precision-missing = sans objet pour une réponse qui ne cite rien
metric-citation-precision-source = D’après Gao et al. 2023 (ALCE), arXiv 2305.14627 ; ce projet, sur les passages de preuve

metric-citation-recall = rappel des citations
metric-citation-recall-summary = Part des éléments de preuve que contiennent les passages cités ; 0 pour une réponse à qui des passages ont été montrés et qui n’en cite aucun.
metric-citation-recall-missing = 0 pour une réponse vide ; sans objet pour une abstention, et quand aucun passage n’a été montré
metric-citation-recall-source = D’après Gao et al. 2023 (ALCE), arXiv 2305.14627 ; ce projet, sur les passages de preuve

metric-recall-k = rappel@k
metric-recall-k-summary = Part des éléments de preuve que contiennent les passages montrés au modèle ; un élément énoncé à plusieurs endroits compte une fois.
metric-recall-k-missing = { -metric-passages }
metric-recall-k-source = Manning, Raghavan et Schütze 2008, Introduction to Information Retrieval, chapitre 8 ; égale à R@k d’ir_measures avec un passage par élément

metric-precision-k = précision@k
metric-precision-k-summary = Part des passages montrés qui contiennent une preuve. Avec un seul passage de preuve et k passages, elle vaut au plus 1/k.
metric-precision-k-missing = { -metric-passages }
metric-precision-k-source = Manning, Raghavan et Schütze 2008, Introduction to Information Retrieval, chapitre 8 ; égale à P@k d’ir_measures, k étant le nombre de passages montrés

metric-mrr = MRR
metric-mrr-summary = 1 / rang du premier passage montré qui contient une preuve ; 0 quand aucun n’en contient.
metric-mrr-missing = { -metric-passages }
metric-mrr-source = Manning, Raghavan et Schütze 2008, Introduction to Information Retrieval, chapitre 8 ; égale à RR d’ir_measures

metric-ndcg-k = nDCG@k
metric-ndcg-k-summary = À quelle hauteur se trouvent les preuves : chaque élément compte 1 / log2(1 + rang) du premier passage qui le contient, rapporté à ce que compterait un passage par élément en tête ; au plus 1.
metric-ndcg-k-missing = { -metric-passages }
metric-ndcg-k-source = Järvelin et Kekäläinen 2002, doi 10.1145/582415.582418 ; égale à nDCG d’ir_measures avec un passage par élément

metric-all-evidence = preuve complète
metric-all-evidence-summary = Les passages montrés contiennent tous les éléments de preuve.
metric-all-evidence-missing = { -metric-passages }
metric-all-evidence-source = Ce projet ; part des questions auxquelles la seule lecture pourrait répondre

metric-words = mots
metric-words-summary = Longueur de la réponse : mots et nombres, sans les marques de citation.
metric-words-missing = 0 pour une réponse vide ; une abstention comme toute réponse
metric-words-source = Comptés par foundation.language.tokenize

metric-prompt-tokens = tokens lus
metric-prompt-tokens-summary = Tokens que le modèle a lus.
metric-prompt-tokens-missing = { -metric-counted }
metric-prompt-tokens-source = Comptés par le moteur

metric-completion-tokens = tokens écrits
metric-completion-tokens-summary = Tokens que le modèle a écrits.
metric-completion-tokens-missing = { -metric-counted }
metric-completion-tokens-source = Comptés par le moteur

metric-latency = latence, moyenne (secondes)
metric-latency-summary = Temps entre la question et la réponse entière, la question étant posée seule.
metric-latency-missing = comme toute réponse ; sans objet pour une question qui n’a pas été chronométrée
metric-latency-source = Mesurée par l’exécution (ragft compare --latency), ou indiquée par un fichier importé

metric-throughput = débit
metric-throughput-summary = Questions auxquelles le système répond par seconde, en lots : un chiffre par système et par exécution, aucun par réponse.
metric-throughput-missing = compte comme toute réponse ; aucun chiffre pour des réponses importées
metric-throughput-source = Nombre de questions rapporté à la durée totale de leurs lots
