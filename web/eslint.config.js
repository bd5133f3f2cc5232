import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const features = ["landing", "storyboard", "jobs", "library", "usage", "account"];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/lib/api/schema.d.ts", "test-results", "playwright-report", "public"] },
  ...ts.configs.strict,
  jsxA11y.flatConfigs.recommended,
  { ...reactHooks.configs.flat.recommended, files: ["src/**"] },
  {
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "What people wrote is text, never HTML." },
        { selector: "CallExpression[callee.property.name='insertAdjacentHTML']", message: "What people wrote is text, never HTML." },
        { selector: "AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]", message: "What people wrote is text, never HTML." },
      ],
    },
  },
  // Features don't know each other, and what they share lies in lib and knows none of them.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@/app", "@/app/*", ...features.filter((f) => f !== feature).map((f) => `@/features/${f}`)], message: "Features don't import each other, nor the app." }, { group: ["../*"], message: "Use @/ for what lies outside of the feature." }] },
      ],
    },
  })),
  {
    files: ["src/lib/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["@/features/*", "@/app", "@/app/*", "**/../features", "**/../app"], message: "lib knows no feature." }] }] },
  },
);
