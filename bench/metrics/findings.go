package metrics

// findings are words of a report that are conclusions from figures, and so no figures themselves.
var findings = []Definition{
	{
		Name:       "saturation",
		Definition: "The first load after which at least 1.3 times as much of it brought less than 1.1 times the output tokens/s (or requests/s, where no tokens were counted), among benchmarks of one kind of load that the client did not limit.",
		Columns:    []string{"run.benchmarks", "output_tokens", "done_ns"},
		Caveat:     "It takes two loads that far apart; from which load on an SLO is missed is another question, which bench --find-max answers.",
	},
}
