package hub

// treeMode is the mode in which Python leaves a listing: only the user may read it.
const treeMode = 0o600

// saveDocs writes what resolving needs when there is no network: the listing and the files that declare configs.
func (w *writer) saveDocs(d *Dataset) error {
	for name, text := range d.docs {
		if err := w.saveDoc(d.Commit, d.tree[name], text); err != nil {
			return err
		}
	}
	if !d.whole {
		return nil
	}
	text, err := encodeTree(d.tree)
	if err != nil {
		return err
	}
	return w.Write(treeName(d.Commit), treeMode, text)
}

// saveDoc adds a small file, whose text has been checked.
func (w *writer) saveDoc(commit string, f File, text []byte) error {
	if ok, err := w.adopt(commit, f); ok || err != nil {
		return err
	}
	tmp := unfinished("blobs/" + f.etag())
	if err := w.Create(tmp, tmp, 0o666, w.Filler(text)); err != nil {
		return err
	}
	return w.publish(commit, f, tmp)
}
