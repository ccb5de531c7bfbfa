package dedupe

// Shape returns the number of bands of a signature, and of hashes in a band.
func (n *Near) Shape() (bands, rows int) { return n.bands, n.rows }
