// Loaded into Node by `fast_start.prepare()` before anything else. Five files, found by their
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

// The provider's index is 2,200 lines of `exports.vpc = require("./vpc");`. Each becomes a getter that requires its
// module when it is first read; a line of another form stays.
function loadLazyIndex(module, filename) {
  const reExport = /^exports\.(\w+) = require\("(\.\/[\w-]+)"\);$/gm;
  // `exports.a = exports.b = void 0;` declares the names first; as plain properties they would hide the getters.
  const declaration = /^(?:exports\.\w+ = )+void 0;$/gm;
  const getter =
    'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get() {' +
    ' const value = require("$2");' +
    ' Object.defineProperty(exports, "$1", { enumerable: true, value });' +
    " return value; } });";
  const source = fs.readFileSync(filename, "utf8");
  return module._compile(source.replace(declaration, "").replace(reExport, getter), filename);
}

// Every token remembers the JavaScript stack that made it, for error messages; from Python that is jsii's own dispatch
// loop, the same each time.
function loadWithoutStackTraces(module) {
  module.exports = { captureStackTrace: () => [] };
}

// A request may choose the key of the token that it makes (`ahead.py`): jsii puts the field for the caller's stack trace
// into a global for the time of the request.
const CHOSEN_KEY = Symbol.for("jsii.context.hostStackTrace");

function loadTokenMap(module, filename) {
  loadStock(module, filename);
  const { prototype } = module.exports.TokenMap;
  const registerStock = prototype.registerStringKey;
  prototype.registerStringKey = function (token, displayHint) {
    const key = globalThis[CHOSEN_KEY];
    if (typeof key !== "string") {
      return registerStock.call(this, token, displayHint);
    }
    globalThis[CHOSEN_KEY] = undefined;
    this.stringTokenMap.set(key, token);
    return key;
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
  if (filename.endsWith("lib__program.js")) {
    const { Worker } = worker_threads;
    worker_threads.Worker = class extends Worker {
      constructor(file, options) {
        super(path.join(path.dirname(file), `lib__${path.basename(file)}`), options);
      }
    };
    return loadStock(module, filename);
  }
  return loadStock(module, path.resolve(path.dirname(filename), "..", "lib", "program.js"));
}
