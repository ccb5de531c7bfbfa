package tokens

import "errors"

var (
	// ErrUnsupported is that a tokenizer asks for something that is not known here: counting with it would be guessing.
	ErrUnsupported = errors.New("tokenizer is not supported")
	// ErrCorrupt is that a file is not the tokenizer that it should be.
	ErrCorrupt = errors.New("tokenizer file is corrupt")
)
