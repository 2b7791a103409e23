# Les graphiques : titres, axes, et ce que chacun montre en une phrase.
charts-all = toutes les questions
charts-panel = { $name } ({ $questions })
charts-panel-few = { $name } ({ $questions } : trop peu)
charts-questions = questions

charts-primary-title = { $metric } : moyenne et intervalle à { $level } de chaque système
charts-primary-words = { $metric }, moyenne et intervalle à { $level } : { $said }.
charts-primary-none = Aucun système n’a de score pour { $metric }.

charts-forest-note = Trait fin : intervalle à { $level }. Trait épais : intervalle à 90 % du test d’équivalence. En grisé : les écarts inférieurs à la marge de { SIZE($margin) } points, trop petits pour compter.
charts-forest-note-raw = Trait fin : intervalle à { $level }. Trait épais : intervalle à 90 % du test d’équivalence. En grisé : les écarts inférieurs à la marge, trop petits pour compter.
charts-forest-axis = écart en points
charts-forest-axis-raw = écart
charts-forest-words = Écarts et leurs intervalles à { $level } : { $said }.
charts-finding-better = meilleur
charts-finding-worse = moins bon
charts-finding-equivalent = équivalent
charts-finding-not-shown = non démontré

charts-causes-words = Questions par cause : { $said }.

charts-flow-title = Le parcours des questions
charts-flow-words = Où aboutissent les questions de { $system } : { $said }.

charts-risk-note = Un signal utile fait passer la courbe sous la ligne pointillée : moins il laisse répondre, plus la part de réponses fausses est faible.
charts-coverage = part des questions répondues
charts-risk = part de réponses fausses
charts-chance = signal sans information
charts-risk-one = { $system } selon { $signal } { $area } (sans information : { $random })
charts-risk-words = Aire sous la courbe risque–couverture, plus petite est meilleure : { $said }.

charts-metrics-title = Les métriques s’accordent-elles ?
charts-metrics-note = Chaque métrique est étirée de son plus mauvais système à son meilleur. Une ligne marquée ≠ place en tête un autre système que la métrique principale.
charts-worst = plus mauvais système
charts-best = meilleur système
charts-metrics-agree = { $metrics } s’accordent sur le meilleur système : { $systems }.
charts-metrics-differ = { $primary } place { $systems } en tête, mais { $said }.
charts-metrics-one = { $metric } place { $systems } en tête

charts-slices-words = { $by } : { $said }.
charts-slice = { $name } : { $figures }
charts-slice-few = { $name } (trop peu de questions, sans intervalle) : { $figures }
