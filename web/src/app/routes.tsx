import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { AfterSignIn } from "./AfterSignIn";
import { Broken } from "./Broken";
import { Nowhere } from "./Nowhere";

function page(path: string, load: () => Promise<{ Page: ComponentType }>): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).Page }) };
}

/** Every room of the app is loaded when it is first entered. */
export const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <></>,
    children: [
      page("/", () => import("@/features/landing/Landing")),
      { path: "/callback", element: <AfterSignIn /> },
      {
        lazy: async () => ({ Component: (await import("./Inside")).Inside }),
        children: [
          {
            errorElement: <Broken inside />,
            children: [
              page("/create", () => import("@/features/storyboard/Create")),
              page("/jobs/:id", () => import("@/features/jobs/JobPage")),
              page("/library", () => import("@/features/library/Library")),
              page("/usage", () => import("@/features/usage/Usage")),
              page("/account", () => import("@/features/account/Account")),
            ],
          },
        ],
      },
      { path: "*", element: <Nowhere /> },
    ],
  },
]);
