package hub

import (
	"errors"
	"io/fs"
	"os"

	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// askedFor returns the files that Python's datasets asks for whether a dataset has them or not: the two that declare
// configs, the script that datasets used to be, and the descriptions of an old push_to_hub.
func askedFor(repo string) []string {
	return []string{split.ReadmeFile, split.MetadataFile, split.ScriptName(repo), "dataset_infos.json"}
}

// saveAbsent writes down which of the files that Python asks for the commit does not have, as Python does when the Hub
// tells it so. Only a whole listing proves an absence.
func (w *writer) saveAbsent(d *Dataset) error {
	if !d.whole {
		return nil
	}
	dir := ".no_exist/" + d.Commit
	for _, name := range askedFor(d.Ref.Repo) {
		if _, there := d.tree[name]; there {
			continue
		}
		if err := w.Root.MkdirAll(dir, 0o777); err != nil {
			return w.writeError(err)
		}
		f, err := w.Root.OpenFile(dir+"/"+name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			err = f.Close()
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return w.writeError(err)
		}
	}
	return nil
}
