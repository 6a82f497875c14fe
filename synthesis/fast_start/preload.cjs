// Loaded into Node by `fast_start.prepare()` before anything else. Seven files, found by their
// path, are loaded differently.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const worker_threads = require("node:worker_threads");

const loadStock = Module._extensions[".js"];
const LOADERS = new Map([
  [path.join("@cdktf", "provider-aws", "lib", "index.js"), loadLazyIndex],
  [path.join("cdktf", "lib", "tokens", "private", "stack-trace.js"), loadWithoutStackTraces],
  [path.join("cdktf", "lib", "tokens", "private", "token-map.js"), loadTokenMap],
  [path.join("cdktf", "lib", "tokens", "lazy.js"), loadLazy],
  [path.join("cdktf", "lib", "app.js"), loadApp],
  [path.join("bin", "jsii-runtime.js"), loadProgramDirectly],
  [path.join("jsii", "lib__program.js"), loadProgramDirectly],
]);

Module._extensions[".js"] = function (module, filename) {
  for (const [ending, load] of LOADERS) {
    if (filename.endsWith(path.sep + ending)) {
      return load(module, filename);
    }
  }
  return loadStock(module, filename);
};

// The provider's index is 2,200 lines of `exports.vpc = require("./vpc");`, or of
// `exports.vpc = __importStar(require("./vpc/index"));`. Each becomes a getter that requires its module when it is first
// read. A line of another form would load its module at once, which costs a gigabyte and is seen nowhere: it is refused.
function loadLazyIndex(module, filename) {
  const reExport = /^exports\.(\w+) = (?:__importStar\()?require\("(\.\/[\w/-]+)"\)\)?;$/gm;
  // `exports.a = exports.b = void 0;` declares the names first; as plain properties they would hide the getters.
  const declaration = /^(?:exports\.\w+ = )+void 0;$/gm;
  const getter =
    'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get() {' +
    ' const value = require("$2");' +
    ' Object.defineProperty(exports, "$1", { enumerable: true, value });' +
    " return value; } });";
  const source = fs.readFileSync(filename, "utf8");
  const rest = source.replace(reExport, "");
  const eager = rest === source ? "no line" : rest.split("\n").find((line) => /\brequire\("\.\//.test(line));
  if (eager) {
    throw new Error(
      `${filename}: its re-exports are not of the form that synthesis/fast_start/preload.cjs makes lazy (${eager.trim()}); ` +
        "adapt it there, or set STOCK_CDKTF=1 to start without it",
    );
  }
  return module._compile(source.replace(declaration, "").replace(reExport, getter), filename);
}

// Every token remembers the JavaScript stack that made it, for error messages; from Python that is jsii's own dispatch
// loop, the same each time. cdktf 0.21 exports the first of the two functions, its fork both.
function loadWithoutStackTraces(module) {
  module.exports = { captureStackTrace: () => [], captureCreationStack: () => [] };
}

// What a request says to the functions below (`ahead.py`): jsii puts the field for the caller's stack trace into a global
// for the time of the request.
const FIELD = Symbol.for("jsii.context.hostStackTrace");

function takeField() {
  const value = globalThis[FIELD];
  globalThis[FIELD] = undefined;
  return value;
}

// A request may choose the key of the token that it makes.
function loadTokenMap(module, filename) {
  loadStock(module, filename);
  const { createTokenDouble } = require(path.join(path.dirname(filename), "encoding.js"));
  const { prototype } = module.exports.TokenMap;
  const registerStock = prototype.registerStringKey;
  prototype.registerStringKey = function (token, displayHint) {
    if (typeof globalThis[FIELD] !== "string") {
      return registerStock.call(this, token, displayHint);
    }
    const key = takeField();
    this.stringTokenMap.set(key, token);
    return key;
  };
  const registerNumberStock = prototype.registerNumberKey;
  prototype.registerNumberKey = function (token, list) {
    if (typeof globalThis[FIELD] !== "number") {
      return registerNumberStock.call(this, token, list);
    }
    const key = takeField();
    this.numberTokenMap.set(key, token);
    return createTokenDouble(key, list);
  };
}

// `app.synth()` writes the stacks that the app has so far, and nothing else, if the request brings what the lazy values of
// Python will produce. Nothing can be added to a stack that is written; the last call writes the rest and the manifest.
const OBJECT = Symbol.for("$__jsii__objid__$");
const produced = new Map();

function loadLazy(module, filename) {
  loadStock(module, filename);
  const { prototype } = module.exports.LazyBase;
  const resolveStock = prototype.resolve;
  prototype.resolve = function (context) {
    const value = produced.get(this.producer?.[OBJECT]);
    if (value !== undefined) {
      this.producer = { produce: () => value };
    }
    return resolveStock.call(this, context);
  };
}

function loadApp(module, filename) {
  loadStock(module, filename);
  const stackModule = require(path.join(path.dirname(filename), "terraform-stack.js")); // not complete yet
  const { prototype } = module.exports.App;
  const synthStock = prototype.synth;
  const written = new Set();
  prototype.synth = function () {
    const values = takeField();
    const isPart = typeof values === "object" && values !== null;
    if (!isPart && written.size === 0) {
      return synthStock.call(this);
    }
    for (const [object, value] of Object.entries(values ?? {})) {
      produced.set(object, value);
    }
    const { outdir, skipValidation, manifest } = this;
    const stacks = this.node.findAll().filter((one) => stackModule.TerraformStack.isStack(one) && !written.has(one));
    stacks.forEach((stack) => stack.prepareStack());
    for (const stack of stacks) {
      stack.synthesizer.synthesize({ outdir, skipValidation, manifest });
      stack.node.lock();
      written.add(stack);
    }
    if (!isPart) {
      manifest.writeToFile();
    }
  };
}

// bin/jsii-runtime.js starts a second Node and passes every message on to it (file descriptor 3) and back. The second
// program runs here instead, on standard input and output; its own output goes where the first one puts it. The early
// start (`node.py`) runs the second program from where it is installed, with two underscores for each slash.
function loadProgramDirectly(module, filename) {
  const { readSync, writeSync } = fs;
  fs.readSync = (fd, ...rest) => readSync(fd === 3 ? 0 : fd, ...rest);
  fs.writeSync = (fd, ...rest) => writeSync(fd === 3 ? 1 : fd, ...rest);
  process.stdout.write = (chunk) => {
    const printed = Buffer.from(chunk).toString("base64");
    return process.stderr.write(`${JSON.stringify({ stdout: printed })}\n`);
  };
  // The first program passes this option; with it, packages are linked into the run's folder and not copied file by file.
  process.execArgv.push("--preserve-symlinks");
  if (!filename.endsWith("lib__program.js")) {
    return loadStock(module, path.resolve(path.dirname(filename), "..", "lib", "program.js"));
  }
  const { Worker } = worker_threads;
  worker_threads.Worker = class extends Worker {
    constructor(file, options) {
      super(path.join(path.dirname(file), `lib__${path.basename(file)}`), options);
    }
  };
  globalThis[KNOWN_DIGEST] = knownDigest;
  const source = fs.readFileSync(filename, "utf8");
  return module._compile(source.replace(DIGEST, `$1globalThis[Symbol.for("${KNOWN_DIGEST.description}")](()=>$2,e,$3)`), filename);
}

// jsii finds an extracted package in its cache by the digest of its archive, and reads 37 MB for that on each run. Here the
// digest of an archive is kept in the cache, for as long as its size and its time stay.
const KNOWN_DIGEST = Symbol.for("fast_start.digest");
const DIGEST = /(function digestFile\(e,\.\.\.p\)\{return )(readFileChunks\(e,\(\)=>\{\},(\.\.\.p)\))/;

function knownDigest(digest, file, ...comments) {
  const cache = process.env.JSII_RUNTIME_PACKAGE_CACHE_ROOT;
  if (!cache) {
    return digest();
  }
  const { size, mtimeMs } = fs.statSync(file);
  const kept = path.join(cache, `digest-${path.basename(file)}.json`);
  const key = JSON.stringify([file, size, mtimeMs, comments]);
  try {
    const known = JSON.parse(fs.readFileSync(kept, "utf8"));
    if (known.key === key) {
      return Buffer.from(known.digest, "hex");
    }
  } catch {
    // none yet
  }
  const found = digest();
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(`${kept}.${process.pid}`, JSON.stringify({ key, digest: found.toString("hex") }));
    fs.renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // a cache that cannot be written: the next run computes it again
  }
  return found;
}
