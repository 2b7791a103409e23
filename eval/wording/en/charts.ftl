# The charts: titles, axes, and what each shows in one sentence.
charts-all = all questions
charts-panel = { $name } ({ $questions })
charts-panel-few = { $name } ({ $questions }: few)
charts-questions = questions

charts-primary-title = { $metric }: mean and { $level } interval of each system
charts-primary-words = { $metric }, mean and { $level } interval: { $said }.
charts-primary-none = No system has a score for { $metric }.

charts-forest-note = Thin line: { $level } interval. Thick line: 90 % interval of the equivalence test. Shaded: differences below the margin of { SIZE($margin) } points, too small to matter.
charts-forest-note-raw = Thin line: { $level } interval. Thick line: 90 % interval of the equivalence test. Shaded: differences below the margin, too small to matter.
charts-forest-axis = difference in points
charts-forest-axis-raw = difference
charts-forest-words = Differences with their { $level } intervals: { $said }.
charts-finding-better = better
charts-finding-worse = worse
charts-finding-equivalent = equivalent
charts-finding-not-shown = not shown

charts-causes-words = Questions by cause: { $said }.

charts-flow-title = The way of the questions
charts-flow-words = Where the questions of { $system } end: { $said }.

charts-risk-note = A useful signal bends the curve below the dashed line: the fewer questions it lets the system answer, the smaller the share of wrong answers.
charts-coverage = share of the questions answered
charts-risk = share wrong
charts-chance = uninformed signal
charts-risk-one = { $system } by { $signal } { $area } (uninformed: { $random })
charts-risk-words = Area under the risk–coverage curve, lower is better: { $said }.

charts-metrics-title = Do the metrics agree?
charts-metrics-note = Each metric is stretched from its worst system to its best. A row marked ≠ puts another system first than the primary metric.
charts-worst = worst system
charts-best = best system
charts-metrics-agree = { $metrics } agree on the best system: { $systems }.
charts-metrics-differ = { $primary } puts { $systems } first, but { $said }.
charts-metrics-one = { $metric } puts { $systems } first

charts-slices-words = { $by }: { $said }.
charts-slice = { $name }: { $figures }
charts-slice-few = { $name } (few questions, no interval): { $figures }
