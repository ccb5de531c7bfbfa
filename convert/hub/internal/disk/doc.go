// Package disk is what the hub asks of a file system beyond package os, and what differs between systems: whole files or
// none, the locks that Python's processes take too, free space, and what an error means.
package disk
