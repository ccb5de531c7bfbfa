// Package testdata carries the fixtures that the program itself needs at run
// time. The rest of the folder is read by tests only. Everything under
// testdata/parquet and testdata/hub is written by the program in testdata/gen:
//
//	go run ./testdata/gen
package testdata

import "embed"

// Hub holds the datasets that the built-in Hub double serves for
// `promptmill demo`, as hub/<owner>/<name>/<file>. Paths begin with "hub/".
//
//go:embed all:hub
var Hub embed.FS
