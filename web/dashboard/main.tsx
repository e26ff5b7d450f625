import { render } from "preact";
import "@livesupport/shared/theme.css";
import "@livesupport/shared/inter.css";
import "./shell/shell.css";
import { keepTheme } from "./account/theme.ts";
import { App } from "./app.tsx";

keepTheme();
render(<App />, document.getElementById("app")!);
