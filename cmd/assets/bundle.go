package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Engines that the bundles are written down to. Homeowners' phones are older than the contractor's.
var engines = []api.Engine{
	{Name: api.EngineChrome, Version: "109"},
	{Name: api.EngineSafari, Version: "15.6"},
	{Name: api.EngineFirefox, Version: "115"},
}

// bundles makes scripts and styles: those of the shell, of the homeowner's pages and of each island, which
// is a folder of client/ with an index.ts and perhaps a style sheet of its own name (sketch/sketch.css).
func (p project) bundles(out *output) error {
	entries := []api.EntryPoint{
		{InputPath: filepath.Join(p.client, "app.ts"), OutputPath: "app"},
		{InputPath: filepath.Join(p.client, "css", "app.css"), OutputPath: "app"},
		{InputPath: filepath.Join(p.client, "homeowner.ts"), OutputPath: "homeowner"},
		{InputPath: filepath.Join(p.client, "css", "homeowner.css"), OutputPath: "homeowner"},
	}
	islands, err := filepath.Glob(filepath.Join(p.client, "*", "index.ts"))
	if err != nil {
		return err
	}
	for _, island := range islands {
		name := filepath.Base(filepath.Dir(island))
		entries = append(entries, api.EntryPoint{InputPath: island, OutputPath: name})
		sheet := filepath.Join(filepath.Dir(island), name+".css")
		if _, err := os.Stat(sheet); err == nil {
			entries = append(entries, api.EntryPoint{InputPath: sheet, OutputPath: name})
		}
	}
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries,
		AbsWorkingDir:       p.client,
		Bundle:              true,
		Outdir:              p.dist,
		EntryNames:          "[name].[hash]",
		AssetNames:          "[name].[hash]",
		PublicPath:          "/assets",
		Format:              api.FormatIIFE,
		Engines:             engines,
		Loader:              map[string]api.Loader{".woff2": api.LoaderFile},
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		LegalComments:       api.LegalCommentsNone, // NOTICE names them
		Charset:             api.CharsetUTF8,
		LogLevel:            api.LogLevelSilent,
		Plugins:             []api.Plugin{p.pageSheets()},
	})
	if len(result.Errors) > 0 {
		return messages(result.Errors)
	}
	if len(result.Warnings) > 0 {
		return messages(result.Warnings)
	}
	return collect(out, result)
}

// collect publishes esbuild's files under the names that code uses: app.js, sketch.css, the font's own name.
func collect(out *output, result api.BuildResult) error {
	for _, file := range result.OutputFiles {
		hashed := filepath.Base(file.Path)
		ext := path.Ext(hashed)
		stem := strings.TrimSuffix(hashed, ext)
		dot := strings.LastIndex(stem, ".")
		if dot < 0 {
			return fmt.Errorf("esbuild named a file without a hash: %s", hashed)
		}
		if err := out.publish(stem[:dot]+ext, hashed, file.Contents); err != nil {
			return err
		}
	}
	return nil
}

// pageSheets resolves "pages:app" and "pages:homeowner" to the style sheets that lie beside the pages.
// A page's folder decides: what is under internal/ui/homeowner is for the contractor's customers.
func (p project) pageSheets() api.Plugin {
	return api.Plugin{Name: "page sheets", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^pages:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, Namespace: "pages"}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "pages"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			sheets, err := p.sheetsOf(strings.TrimPrefix(args.Path, "pages:"))
			if err != nil {
				return api.OnLoadResult{}, err
			}
			var css strings.Builder
			for _, sheet := range sheets {
				fmt.Fprintf(&css, "@import %q;\n", filepath.ToSlash(sheet))
			}
			text := css.String()
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS, ResolveDir: p.root}, nil
		})
	}}
}

// sheetsOf lists the style sheets of one audience in the order of their paths.
func (p project) sheetsOf(audience string) ([]string, error) {
	homeowner := filepath.Join(p.pages, "homeowner")
	var sheets []string
	err := filepath.WalkDir(p.pages, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == p.dist:
			return filepath.SkipDir
		case path == homeowner && audience != "homeowner":
			return filepath.SkipDir
		case !d.IsDir() && filepath.Ext(path) == ".css" && (audience != "homeowner" || strings.HasPrefix(path, homeowner+string(os.PathSeparator))):
			sheets = append(sheets, path)
		}
		return nil
	})
	slices.Sort(sheets)
	return sheets, err
}

func messages(all []api.Message) error {
	lines := api.FormatMessages(all, api.FormatMessagesOptions{})
	return errors.New(strings.TrimSpace(strings.Join(lines, "\n")))
}
