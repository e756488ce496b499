// Bundles the editor into static/vendor/codemirror, with the licence of everything inside.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const out = new URL("../static/vendor/codemirror/", import.meta.url);

const { metafile } = await build({
  entryPoints: ["src/editor.js"],
  outfile: new URL("codemirror.js", out).pathname,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2021",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const inside = Object.keys(metafile.inputs)
  .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1])
  .filter(Boolean);
const packages = [...new Set(inside)].sort();

const licences = packages.map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync(new URL("LICENSES.txt", out), licences.join(`\n${"-".repeat(72)}\n\n`));

const bundle = readFileSync(new URL("codemirror.js", out));
const digest = createHash("sha256").update(bundle).digest("hex");
writeFileSync(new URL("codemirror.js.sha256", out), `${digest}  codemirror.js\n`);
