// GraphiQL with a tab for each example; tabs that were edited come back from the browser's storage.
const examples = JSON.parse(document.getElementById("examples").textContent);
const home = React.createElement("a", { href: "/" }, "onrecord");
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(
    GraphiQL,
    {
      fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
      defaultTabs: examples.map((query) => ({ query })),
      defaultEditorToolsVisibility: false,
      shouldPersistHeaders: false,
    },
    React.createElement(GraphiQL.Logo, null, home),
  ),
);
