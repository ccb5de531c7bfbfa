package main

import (
	"github.com/promptmill/promptmill/convert/hub"
)

// pulled is what pull --json prints.
type pulled struct {
	Repo     string       `json:"repo"`
	Revision string       `json:"revision"`
	Commit   string       `json:"commit"`
	Config   string       `json:"config"`
	Splits   []string     `json:"splits"`
	Exported bool         `json:"exported"`
	Partial  []string     `json:"partial"`
	Bytes    int64        `json:"bytes"`
	Files    []pulledFile `json:"files"`
}

type pulledFile struct {
	Path     string   `json:"path"`
	RepoPath string   `json:"repo_path"`
	Size     int64    `json:"size"`
	SHA256   string   `json:"sha256"`
	Split    string   `json:"split"`
	Others   []string `json:"other_splits,omitempty"` // of a file that is in several
}

func describePull(d *hub.Dataset, files []hub.LocalFile) pulled {
	out := pulled{
		Repo: d.Ref.Repo, Revision: d.Ref.Revision, Commit: d.Commit, Config: d.Ref.Config, Splits: splitNames(d),
		Exported: d.Exported, Partial: append([]string{}, d.Partial...), Bytes: d.Size(), Files: []pulledFile{},
	}
	splits := map[string][]string{}
	for _, s := range d.Splits {
		for _, f := range s.Files {
			splits[f.Path] = append(splits[f.Path], s.Name)
		}
	}
	for _, f := range files {
		file := pulledFile{Path: f.Path, RepoPath: f.RepoPath, Size: f.Size, SHA256: f.SHA256}
		if in := splits[f.RepoPath]; len(in) > 0 {
			file.Split, file.Others = in[0], in[1:]
		}
		out.Files = append(out.Files, file)
	}
	return out
}
