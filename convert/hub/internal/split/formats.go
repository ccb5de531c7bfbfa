package split

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// formatNames are the endings of the files that `datasets` reads, by the module of it that does. A module with a + also
// takes them in capitals; two modules with different settings have different names here.
var formatNames = []struct{ name, endings string }{
	{"parquet", "parquet geoparquet gpq"},
	{"csv", "csv"},
	{"tsv", "tsv"},
	{"json", "json jsonl ndjson"},
	{"arrow", "arrow"},
	{"text", "txt"},
	{"conll", "conll"},
	{"conllu", "conllu"},
	{"webdataset", "tar"},
	{"xml", "xml"},
	{"hdf5", "hdf5 h5"},
	{"eval", "eval"},
	{"harbor", "toml md"},
	{"lance", "lance"},
	{"tsfile", "tsfile"},
	{"vortex", "vortex"},
	{"fasta", "fa fasta fna ffn faa frn afa"},
	{"genbank", "gb gbk genbank"},
	{"fastq", "fq fastq"},
	{"mmcif", "cif mmcif"},
	{"pdb+", "pdb ent"},
	{"imagefolder+", "blp bmp dib bufr cur pcx dcx dds ps eps fit fits fli flc ftc ftu gbr gif grib png apng jp2 j2k jpc jpf " +
		"jpx j2c icns ico im iim tif tiff jfif jpe jpg jpeg msp pcd pxr pbm pgm ppm pnm psd bw rgb rgba sgi ras tga icb vda " +
		"vst webp wmf emf xbm xpm"},
	{"audiofolder+", "mpg aiff au avr caf flac htk svx mat4 mat5 mpc2k ogg paf pvf raw rf64 sd2 sds ircam voc w64 wav nist " +
		"wavex wve xi mp3 opus 3gp 3g2 asf flv m4v webm f4v wmv wma ogm mxf nut"},
	{"videofolder+", "mpeg avi mp4 mov mkv"},
	{"meshfolder+", "glb gltf ply stl"},
	{"pdffolder+", "pdf"},
	{"niftifolder+", "nii"},
	{archives, "zip"},
	{besides, "idx txn manifest"},
}

// Names that are no format: what may hold files of any, and what stands beside the files of one.
const (
	archives = "zip"
	besides  = ""
)

// formatOf maps endings in small letters to formats; dataEndings are those that make a file data, as they are written.
var formatOf, dataEndings = func() (map[string]string, map[string]bool) {
	format, data := map[string]string{}, map[string]bool{}
	for _, f := range formatNames {
		name, capitals := strings.CutSuffix(f.name, "+")
		for ending := range strings.FieldsSeq(f.endings) {
			data[ending] = true
			if capitals {
				data[strings.ToUpper(ending)] = true
			}
			if name != besides {
				format[ending] = name
			}
		}
	}
	return format, data
}()

// describing are files beside the data of folders; they decide the format only when there is nothing else.
var describing = []string{"instruction.md", "latest_version_hint.json", "metadata.csv", "metadata.jsonl", "metadata.parquet", "task.toml"}

// endings returns what follows each dot in the name of a file.
func endings(file string) []string { return strings.Split(path.Base(file), ".")[1:] }

// isData reports whether `datasets` takes the file for data.
func isData(file string) bool {
	return slices.ContainsFunc(endings(file), func(e string) bool { return dataEndings[e] })
}

// IsParquet reports whether this program reads the file.
func IsParquet(file string) bool {
	return formatOf[strings.TrimPrefix(path.Ext(file), ".")] == "parquet"
}

// favourites decide between endings that are equally common, the first over all others.
var favourites = []string{"parquet", "lance", "vortex", "arrow", "jsonl", "json", "csv"}

// commonFormat returns the format of most files, "" when none has any.
func commonFormat(files []string) string {
	type kind struct {
		ending     string
		describing bool
	}
	count := map[kind]int{}
	for _, f := range files {
		for _, e := range endings(f) {
			count[kind{strings.ToLower(e), slices.Contains(describing, path.Base(f))}]++
		}
	}
	var best kind
	better := func(a, b kind) bool {
		if a.describing != b.describing {
			return b.describing
		}
		if count[a] != count[b] {
			return count[a] > count[b]
		}
		if d := rankIn(favourites, a.ending) - rankIn(favourites, b.ending); d != 0 {
			return d < 0
		}
		return a.ending > b.ending
	}
	for k := range count {
		if formatOf[k.ending] != "" && (best == kind{} || better(k, best)) {
			best = k
		}
	}
	return formatOf[best.ending]
}

// oneFormat returns the format that all splits have in common.
func oneFormat(splits []Split) (string, error) {
	var format string
	for i, s := range splits {
		f := commonFormat(s.Files)
		switch {
		case f == "":
			return "", fmt.Errorf("%w: split %s has no data files of a format that `datasets` knows", fault.ErrNoParquet, s.Name)
		case i > 0 && f != format:
			return "", fmt.Errorf("%w: `datasets` reads no splits of different formats: %s is %s, %s is %s",
				fault.ErrNoParquet, splits[0].Name, format, s.Name, f)
		}
		format = f
	}
	if format == "" {
		return "", fmt.Errorf("%w: %w", fault.ErrNoParquet, errEmpty)
	}
	return format, nil
}
