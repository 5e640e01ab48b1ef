/** The view library: Preact with htm's templates, from the copy kept in this tree. */
export {
  html,
  render,
  h,
  Component,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../vendor/htm-preact/standalone.module.js";
