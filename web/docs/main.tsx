import { render } from "preact";
import "@livesupport/shared/theme.css";
import "@livesupport/shared/inter.css";
import "./docs.css";
import { keepTheme } from "../dashboard/account/theme.ts";
import { Page } from "./page.tsx";

keepTheme();
render(<Page />, document.getElementById("docs")!);
