# Copies the page's sources to where they are built: cmake -D FROM=DIR -D TO=DIR -P copy.cmake. What is no more goes.
file(REMOVE_RECURSE "${TO}/src" "${TO}/public" "${TO}/dist" "${TO}/test" "${TO}/e2e")
foreach(part IN ITEMS src public index.html tsconfig.json vite.config.ts vitest.config.ts test e2e)
    if(EXISTS "${FROM}/${part}")
        file(COPY "${FROM}/${part}" DESTINATION "${TO}")
    endif()
endforeach()
