// Package glob is the two kinds of patterns over the paths of a repository: the globs that `datasets` finds data files
// by, and the patterns of huggingface_hub, in which * crosses slashes.
package glob
