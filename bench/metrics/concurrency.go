package metrics

import "slices"

// concurrency returns the time-average and the maximum of requests in flight between start and end, where
// request i is in flight in [sent[i], done[i]). It sorts both slices and so takes the pairs apart, which the
// sums do not mind.
func concurrency(sent, done []int64, start, end int64) (mean float64, most int) {
	if end <= start {
		return 0, 0
	}
	for i := range sent {
		sent[i] = min(max(sent[i], start), end)
		done[i] = max(min(max(done[i], start), end), sent[i])
	}
	slices.Sort(sent)
	slices.Sort(done)
	inFlight, d, area := 0, 0, 0.0
	for i, at := range sent {
		for d < len(done) && done[d] <= at {
			d++
			inFlight--
		}
		inFlight++
		if at < end {
			most = max(most, inFlight)
		}
		area += float64(done[i] - start)
		area -= float64(at - start)
	}
	return area / float64(end-start), most
}
