// Package split decides what belongs to which split of a dataset: from the names of its files and its metadata it finds
// the configs, splits and files that Python's `datasets` would find. It reads no file and asks no server.
//
// Errors match a class of package fault, or are a [*ChoiceError]. They are about a dataset that the caller knows the
// name of, and do not say it.
package split
