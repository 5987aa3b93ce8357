// Reads a JSON-LD file by jsonld.js and prints its quads; a document from elsewhere is an error.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";

const documentLoader = (url) => {
  throw new Error(`the file asks for ${url}`);
};
const document = JSON.parse(readFileSync(process.argv[2], "utf-8"));
process.stdout.write(await jsonld.toRDF(document, { format: "application/n-quads", documentLoader }));
