package main

import "runtime/debug"

// release is set by the linker in released binaries: -X main.release=1.2.3.
var release = ""

// userAgent is what the program calls itself to servers.
func userAgent() string { return "promptmill/" + version() }

// version is the release, or the module version and commit that the go command recorded.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	v := "devel"
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && v == "devel" {
			v += "-" + s.Value[:12]
		}
	}
	return v
}
