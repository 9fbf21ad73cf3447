// Runs axe-core, which was put into the page before, and gives each violation as readable text.
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe
  .run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })
  .then(({ violations }) =>
    done(
      violations.flatMap(({ id, impact, help, nodes }) =>
        nodes.map((node) => `${id} (${impact}): ${help}\n    at ${node.target.join(" ")}\n    ${node.failureSummary.replace(/\n\s*/g, "\n      ")}`),
      ),
    ),
  )
  .catch((error) => done([`axe itself failed: ${error}`]));
